#pragma once

#include <string>
#include <vector>

#include "db/catalog/table_info.hpp"

namespace tripmig::job {

/// The columns by which UPDATE and DELETE are published (manual, ALTER TABLE: REPLICA IDENTITY); empty where that is
/// the whole row, or nothing.
struct IdentityColumns {
    std::vector<std::string> before;
    std::vector<std::string> after;  ///< of the partitioned table, whose keys have the partition key in them

    [[nodiscard]] bool changes() const { return before != after; }
};

IdentityColumns identity_columns(const db::TableInfo& table, const std::string& key);

}  // namespace tripmig::job
