#include <fmt/format.h>

#include <utility>

#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "ddl/without_only.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

using Kind = db::DependentInfo::Kind;

/// A name of its own among all functions, whatever their arguments: these name a type that is renamed meanwhile.
QualifiedName former_function(const db::DependentInfo& function) {
    return {function.name.schema, fmt::format("tripmig_former_{}", function.oid)};
}

std::vector<Step> renew_function(const db::DependentInfo& function, const db::TableInfo& table) {
    const std::string routine = "ROUTINE " + function.signature;
    const std::string owner = sql::quote_ident(function.owner);
    std::vector<Step> steps{
        statement(without_only(function.rebind, table.name), "the new table's row type is another type")};
    if (function.owner != table.current_role)
        steps.push_back(statement(fmt::format("ALTER {} OWNER TO {}", routine, owner), "the old one's owner"));
    if (function.has_acl) {
        std::string everybody = "PUBLIC, " + owner;
        for (const std::string& grantee : function.grantees)
            everybody += ", " + grantee;
        steps.push_back(statement(fmt::format("REVOKE ALL ON {} FROM {}", routine, everybody),
                                  "the old list follows complete, in its order"));
        for (const std::string& grant : function.grants)
            steps.push_back(statement(fmt::format("GRANT EXECUTE ON {} TO {}", routine, grant), "the same rights"));
    }
    if (function.comment)
        steps.push_back(statement(fmt::format("COMMENT ON {} IS {}", routine, sql::quote_literal(*function.comment)),
                                  "comments are preserved"));
    return steps;
}

bool is_bound_anew(const db::DependentInfo& dependent) {
    return dependent.kind == Kind::view || dependent.kind == Kind::rule || dependent.kind == Kind::sql_function;
}

}  // namespace

std::vector<Step> set_functions_aside(const db::TableInfo& table) {
    std::vector<Step> steps;
    for (const db::DependentInfo& dependent : table.dependents)
        if (dependent.kind == Kind::row_function)
            steps.push_back(statement(fmt::format("ALTER ROUTINE {} RENAME TO {}", dependent.signature,
                                                  sql::quote_ident(former_function(dependent).name)),
                                      "its name is the new one's"));
    return steps;
}

std::vector<Step> renew_functions(const Replacement& replacement) {
    std::vector<Step> steps;
    for (const db::DependentInfo& dependent : replacement.table.dependents)
        if (dependent.kind == Kind::row_function)
            append(steps, renew_function(dependent, replacement.table));
    if (!steps.empty())
        steps.insert(steps.begin(), statement("SET LOCAL check_function_bodies = off",
                                              "function bodies are stored as they are, unchecked"));
    return steps;
}

std::vector<Step> rebind_dependents(const Replacement& replacement) {
    const std::vector<db::DependentInfo>& dependents = replacement.table.dependents;
    std::vector<Step> steps;
    for (const db::DependentInfo& dependent : dependents)
        if (is_bound_anew(dependent))
            steps.push_back(statement(without_only(dependent.rebind, replacement.table.name),
                                      "bound to the old table by OID: it would read one partition",
                                      dependent.kind == Kind::sql_function
                                          ? std::vector<LockRequest>{}
                                          : std::vector<LockRequest>{{dependent.name, LockMode::access_exclusive}}));
    std::vector<Step> drops;
    for (const db::DependentInfo& dependent : dependents)
        if (dependent.kind == Kind::row_function)  // the last one first: it may call those before it
            drops.insert(drops.begin(),
                         statement(fmt::format("DROP ROUTINE {}", sql::quoted(former_function(dependent))),
                                   "of the old row type; nothing depends on it any more"));
    append(steps, std::move(drops));
    return steps;
}

std::vector<Step> drop_rules(const db::TableInfo& table) {
    std::vector<Step> steps;
    for (const db::RuleInfo& rule : table.rules)
        steps.push_back(
            statement(fmt::format("DROP RULE {} ON {}", sql::quote_ident(rule.name), sql::quoted(table.name)),
                      "the new table has it: it applies to statements that name the table"));
    return steps;
}

std::vector<Step> create_rules(const QualifiedName& table, const std::vector<db::RuleInfo>& rules) {
    std::vector<Step> steps;
    for (const db::RuleInfo& rule : rules) {
        steps.push_back(
            statement(without_only(rule.definition, table), "as before", {{table, LockMode::access_exclusive}}));
        append(steps, state_and_comment("RULE", table, rule.name, rule.enabled, rule.comment));
    }
    return steps;
}

}  // namespace tripmig::ddl
