#pragma once

#include <string>
#include "db/catalog/table_info.hpp"
#include "job/finding.hpp"

namespace tripmig::job {

/// `key`: the partition key. `is_copied`: its rows are written into other tables, which a publication of every table
/// publishes too.
void check_publication(const db::PublicationInfo& publication, const db::TableInfo& table, const std::string& key,
                       bool is_copied, Report& report);

}  // namespace tripmig::job
