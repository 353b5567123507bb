#include <fmt/format.h>

#include "ddl/leaf.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

Unit one_step(std::string name, Step step) {
    Unit unit;
    unit.name = std::move(name);
    unit.steps.push_back(std::move(step));
    return unit;
}

}  // namespace

DefaultGuard guard_default(const ParentFacts& parent, const std::vector<Leaf>& leaves, std::string_view name) {
    const KeyType key = key_type_of(parent);
    const QualifiedName& partition = parent.default_partition.value();
    const std::string table = sql::quoted(partition);
    std::string condition;
    for (const Leaf& leaf : leaves)
        condition += fmt::format("{}({})", condition.empty() ? "" : " AND ", not_within(key, leaf.bounds, parent.key));
    Unit add =
        one_step(fmt::format("guard {}", table),
                 statement(fmt::format("ALTER TABLE {0} DROP CONSTRAINT IF EXISTS {1}, ADD CONSTRAINT {1} CHECK ({2}) "
                                       "NOT VALID",
                                       table, name, condition),
                           "the DEFAULT partition refuses rows of the new partitions",
                           {{partition, LockMode::access_exclusive}}));
    Unit validate = one_step(fmt::format("validate the guard of {}", table),
                             statement(fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", table, name),
                                       "it has none: ATTACH need not scan it under its lock",
                                       {{partition, LockMode::share_update_exclusive}}));
    return {{std::move(add), std::move(validate)}, drop_default_guard(partition, name)};
}

Unit drop_default_guard(const QualifiedName& default_partition, std::string_view name) {
    const std::string table = sql::quoted(default_partition);
    return one_step(
        fmt::format("drop the guard of {}", table),
        statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", table, name),
                  "the new partitions take these rows now", {{default_partition, LockMode::access_exclusive}}));
}

}  // namespace tripmig::ddl
