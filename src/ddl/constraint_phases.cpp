#include "ddl/constraint_phases.hpp"

#include <fmt/format.h>

#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

Step add_check_not_valid(const QualifiedName& table, const std::string& name, const std::string& expression,
                         const std::string& why) {
    return statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({}) NOT VALID", sql::quoted(table),
                                 sql::quote_ident(name), expression),
                     why, {{table, LockMode::access_exclusive}});
}

Step validate_constraint(const QualifiedName& table, const std::string& name, const std::string& why) {
    return statement(fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", sql::quoted(table), sql::quote_ident(name)),
                     why, {{table, LockMode::share_update_exclusive}});
}

Unit validate_foreign_key(const QualifiedName& table, const std::string& name, const QualifiedName& references,
                          const std::string& why) {
    Unit unit;
    unit.name = fmt::format("validate {} on {}", sql::quote_ident(name), sql::quoted(table));
    unit.steps = {validate_constraint(table, name, why)};
    unit.steps.back().locks.push_back({references, LockMode::row_share});
    return unit;
}

Step drop_check(const QualifiedName& table, const std::string& name, const std::string& why) {
    return statement(
        fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", sql::quoted(table), sql::quote_ident(name)), why,
        {{table, LockMode::access_exclusive}});
}

Step set_not_null(const QualifiedName& table, const std::string& column) {
    return statement(
        fmt::format("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", sql::quoted(table), sql::quote_ident(column)),
        "a partition key that is a part of the primary key is never null", {{table, LockMode::access_exclusive}});
}

}  // namespace tripmig::ddl
