#include "migrate/partitioned_statements.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace {

bool is_partitioned(const sql::NameParts& name, db::Connection& connection) {
    std::string dotted;
    for (const std::string& part : name)
        dotted += (dotted.empty() ? "" : ".") + sql::quote_ident(part);
    const db::Result found = connection.execute(
        "SELECT relkind IN ('p', 'I') FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) "
        "pg_catalog.to_regclass($1)",
        {dotted});
    return found.optional_flag().value_or(false);
}

}  // namespace

void look_for_partitioned(Script& script, db::Connection& connection) {
    const auto may_be = [](const ScriptStatement& statement) { return statement.facts->refused_when_partitioned; };
    if (script.is_block || std::none_of(script.statements.begin(), script.statements.end(), may_be))
        return;
    for (ScriptStatement& statement : script.statements) {
        if (!may_be(statement) || !is_partitioned(statement.facts->target, connection))
            continue;
        sql::Facts& facts = statement.facts.change();
        facts.is_transactional = false;
        facts.reason = facts.kind + " of a partitioned relation can't run in a transaction";
        script.is_transactional = false;
        if (script.why_not.empty())
            script.why_not = fmt::format("line {}: {}", statement.line, facts.reason);
    }
}

}  // namespace tripmig::migrate
