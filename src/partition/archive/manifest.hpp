#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"

namespace tripmig::partition {

/// How many rows, and the sum of their hashes: the same for the same rows in any order.
struct Content {
    std::int64_t rows = 0;
    std::string hash = "0";  ///< a whole number

    friend bool operator==(const Content&, const Content&) = default;
};

/// What an archive says of itself.
struct Manifest {
    QualifiedName table;
    std::optional<QualifiedName> parent;  ///< nullopt: nobody knew of one
    std::string bounds;                   ///< "FOR VALUES FROM (...) TO (...)"; empty: not known
    std::vector<std::string> columns;     ///< those that COPY has: not the generated ones
    std::vector<std::string> before;      ///< statements that make the table
    std::vector<std::string> after;       ///< constraints and indexes
    Content content;
    std::string database;
    std::string server_version;
    std::string tool_version;
    std::string written_at;  ///< RFC 3339
};

}  // namespace tripmig::partition
