#include "job/copy/foreign_keys.hpp"

#include <fmt/format.h>

#include "ddl/constraint_phases.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

std::vector<db::ConstraintInfo> outgoing_keys(const db::TableInfo& table) {
    std::vector<db::ConstraintInfo> keys;
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.kind == 'f')
            keys.push_back(constraint);
    return keys;
}

Unit validate_leaf_key(const QualifiedName& leaf, const db::ConstraintInfo& key) {
    return ddl::validate_foreign_key(leaf, key.name, key.references, "a scan that does not block writers");
}

Unit adopt_foreign_key(const QualifiedName& table, const std::vector<QualifiedName>& leaves,
                       const db::ConstraintInfo& key) {
    Unit unit;
    unit.name = fmt::format("foreign key {} of {}", sql::quote_ident(key.name), sql::quoted(table));
    unit.steps = {ddl::statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", sql::quoted(table),
                                             sql::quote_ident(key.name), key.definition),
                                 "adopts the partitions' validated foreign keys: no scan")};
    if (key.comment)
        unit.steps.push_back(ddl::comment_on_constraint(table, key.name, *key.comment));
    unit.lock_first = {{table, LockMode::share_row_exclusive}};
    for (const QualifiedName& leaf : leaves)
        unit.lock_first.push_back({leaf, LockMode::share_row_exclusive});
    unit.lock_first.push_back({key.references, LockMode::access_exclusive});
    return unit;
}

}  // namespace tripmig::job
