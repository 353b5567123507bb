#include "job/source/replica_identity.hpp"

#include <algorithm>

namespace tripmig::job {

IdentityColumns identity_columns(const db::TableInfo& table, const std::string& key) {
    const auto is_identity = [&](const db::IndexInfo& index) {
        return table.replica_identity == 'd' ? index.is_primary
                                             : table.replica_identity == 'i' && index.is_replica_identity;
    };
    const auto index = std::find_if(table.indexes.begin(), table.indexes.end(), is_identity);
    if (index == table.indexes.end())
        return {};
    IdentityColumns columns{index->columns, index->columns};
    if (std::find(columns.after.begin(), columns.after.end(), key) == columns.after.end())
        columns.after.push_back(key);
    return columns;
}

}  // namespace tripmig::job
