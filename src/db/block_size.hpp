#pragma once

#include <cstdint>

#include "db/session.hpp"

namespace tripmig::db {

/// Bytes of a block of tables and indexes: 8192 unless the server was built otherwise (manual 20.15, block_size).
inline std::uint64_t read_block_size(Session& session) {
    return static_cast<std::uint64_t>(
        session.number("SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8"));
}

}  // namespace tripmig::db
