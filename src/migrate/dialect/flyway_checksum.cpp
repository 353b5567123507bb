#include "migrate/dialect/flyway_checksum.hpp"

#include <algorithm>

#include "base/checksum.hpp"
#include "sql/source_position.hpp"

namespace tripmig::migrate {

std::int32_t flyway_checksum(std::string_view content) {
    if (content.substr(0, sql::byte_order_mark.size()) == sql::byte_order_mark)
        content.remove_prefix(sql::byte_order_mark.size());
    std::uint32_t checksum = 0;
    for (std::size_t begin = 0; begin < content.size();) {
        const std::size_t end = std::min(content.find_first_of("\r\n", begin), content.size());
        checksum = crc32(content.substr(begin, end - begin), checksum);
        begin = end + 1;  // the LF of a CR LF ends an empty line, which adds nothing
    }
    return static_cast<std::int32_t>(checksum);
}

}  // namespace tripmig::migrate
