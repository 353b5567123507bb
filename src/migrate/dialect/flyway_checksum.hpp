#pragma once

#include <cstdint>
#include <string_view>

namespace tripmig::migrate {

/// What Flyway stores in flyway_schema_history.checksum: CRC-32 of the bytes of all lines without their ends (LF, CR or
/// CR LF) and without a byte order mark, as a signed number of 32 bits.
std::int32_t flyway_checksum(std::string_view content);

}  // namespace tripmig::migrate
