#pragma once

#include <string>
#include <vector>

#include "backfill/keys.hpp"
#include "base/qualified_name.hpp"

namespace tripmig::backfill {

/// What goes from where to where: these columns of each row of `source` into `target`, under the same names. `key`
/// tells one row from another on both sides.
struct Projection {
    QualifiedName source;
    QualifiedName target;
    std::vector<std::string> columns;
    RowKey key;
    bool source_has_leaves = false;  ///< it is partitioned: its rows are in its leaves
};

}  // namespace tripmig::backfill
