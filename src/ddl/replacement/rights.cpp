#include <fmt/format.h>

#include "ddl/replacement/replacement.hpp"
#include "ddl/replacement/table_settings.hpp"
#include "ddl/statement_step.hpp"
#include "ddl/without_only.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

std::string role(const std::string& name) {
    return name.empty() ? "PUBLIC" : sql::quote_ident(name);
}

std::string column_part(const db::Grant& grant) {
    return grant.column.empty() ? "" : fmt::format(" ({})", sql::quote_ident(grant.column));
}

bool go_together(const db::Grant& left, const db::Grant& right) {
    return left.grantee == right.grantee && left.column == right.column && left.grantable == right.grantable;
}

/// One GRANT for each run of entries that differ in the privilege only.
std::vector<Step> grant_steps(const std::string& kind, const std::string& name, const std::vector<db::Grant>& grants) {
    std::vector<Step> steps;
    for (std::size_t at = 0; at < grants.size();) {
        const db::Grant& first = grants[at];
        std::string privileges;
        for (; at < grants.size() && go_together(first, grants[at]); ++at)
            privileges += (privileges.empty() ? "" : ", ") + grants[at].privilege + column_part(grants[at]);
        steps.push_back(statement(fmt::format("GRANT {} ON {} {} TO {}{}", privileges, kind, name, role(first.grantee),
                                              first.grantable ? " WITH GRANT OPTION" : ""),
                                  "the same rights"));
    }
    return steps;
}

}  // namespace

std::vector<Step> grant_alike(const std::string& kind, const QualifiedName& name, const std::string& owner,
                              bool has_acl, const std::vector<db::Grant>& grants,
                              const std::vector<std::string>& default_grantees) {
    const std::string quoted = sql::quoted(name);
    std::vector<Step> steps;
    for (const std::string& grantee : default_grantees)
        steps.push_back(statement(fmt::format("REVOKE ALL ON {} {} FROM {}", kind, quoted, role(grantee)),
                                  "revoke what default privileges granted"));
    if (!has_acl)
        return steps;
    steps.push_back(statement(fmt::format("REVOKE ALL ON {} {} FROM {}", kind, quoted, sql::quote_ident(owner)),
                              "the old list follows complete, in its order"));
    append(steps, grant_steps(kind, quoted, grants));
    return steps;
}

std::vector<Step> column_grants(const db::TableInfo& table, const QualifiedName& target) {
    std::vector<Step> steps;
    for (const db::ColumnInfo& column : table.columns)
        append(steps, grant_steps("TABLE", sql::quoted(target), column.grants));
    return steps;
}

std::vector<Step> parent_rights(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    const std::string name = sql::quoted(table.name);
    std::vector<Step> steps;
    for (const db::PolicyInfo& policy : table.policies) {
        steps.push_back(statement(fmt::format("CREATE POLICY {} ON {} {}", sql::quote_ident(policy.name), name,
                                              without_only(policy.tail, table.name)),
                                  "row security is bypassed through a parent that lacks it"));
        if (policy.comment)
            steps.push_back(statement(fmt::format("COMMENT ON POLICY {} ON {} IS {}", sql::quote_ident(policy.name),
                                                  name, sql::quote_literal(*policy.comment)),
                                      "comments are preserved"));
    }
    steps.push_back(set_owner_and_row_security(settings_of(replacement, {})));
    append(steps,
           grant_alike("TABLE", table.name, table.owner, table.has_acl, table.grants, table.default_table_grantees));
    append(steps, column_grants(table, table.name));
    return steps;
}

}  // namespace tripmig::ddl
