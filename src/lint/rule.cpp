#include "lint/rule.hpp"

#include <algorithm>
#include <array>

namespace tripmig::lint {

namespace {

constexpr std::array<LintRule, 48> all{{
    {"add-check", Level::error, "CHECK added without NOT VALID: the table is read under ACCESS EXCLUSIVE"},
    {"add-exclusion", Level::error, "EXCLUDE added: its index is built under ACCESS EXCLUSIVE"},
    {"add-foreign-key", Level::error,
     "foreign key added without NOT VALID: writes to both tables are blocked meanwhile"},
    {"add-generated-column", Level::error, "a stored generated column: the table is rewritten"},
    {"add-identity-column", Level::error, "a serial or identity column: the table is rewritten"},
    {"add-required-column", Level::error, "NOT NULL column without a default: fails when the table has rows"},
    {"add-unique", Level::error, "UNIQUE or PRIMARY KEY without USING INDEX: its index is built under a lock"},
    {"alter-column-type", Level::error, "a column's type changes: the table is rewritten"},
    {"attach-partition", Level::warning, "ATTACH PARTITION without a CHECK that proves the bounds: rows are read"},
    {"check-rescan", Level::warning, "a change makes PostgreSQL read the table again for its CHECK constraints"},
    {"cluster", Level::error, "CLUSTER rewrites the table under ACCESS EXCLUSIVE"},
    {"concurrently-mixed", Level::warning,
     "CONCURRENTLY together with other statements: the file is not one transaction"},
    {"create-index", Level::error,
     "CREATE INDEX without CONCURRENTLY on an existing table: writes are blocked meanwhile"},
    {"create-partition", Level::warning, "CREATE TABLE PARTITION OF takes ACCESS EXCLUSIVE on the parent"},
    {"delete-all", Level::warning, "UPDATE or DELETE without WHERE"},
    {"detach-partition", Level::warning, "DETACH PARTITION without CONCURRENTLY"},
    {"disable-trigger", Level::warning, "triggers are disabled: rules and foreign keys are not checked"},
    {"domain-constraint", Level::error, "a domain's new constraint: every table that uses it is read under a lock"},
    {"drop-cascade", Level::warning, "CASCADE drops objects that are not named"},
    {"drop-column", Level::warning, "DROP COLUMN that the running version may use"},
    {"drop-database", Level::error, "DROP DATABASE in a migration"},
    {"drop-index", Level::warning, "DROP INDEX without CONCURRENTLY: ACCESS EXCLUSIVE on its table"},
    {"drop-table", Level::warning, "DROP TABLE or VIEW that the running version may use"},
    {"empty-file", Level::warning, "a file without statements"},
    {"enum-value-used", Level::error, "a value added to an enum is used in the same transaction"},
    {"grant-to-public", Level::warning, "privileges granted to everybody"},
    {"json-column", Level::note, "a json column has no equality: DISTINCT and GROUP BY fail; jsonb has one"},
    {"lock-held", Level::warning, "a strong lock is held while slow statements of the same transaction run"},
    {"lock-table", Level::warning, "LOCK TABLE"},
    {"lock-timeout-off", Level::warning, "lock_timeout is switched off"},
    {"many-locks", Level::warning, "several existing tables locked against everybody in one transaction"},
    {"opaque", Level::note, "DO, CALL and the like: what they lock can't be seen in the text"},
    {"refresh-materialized-view", Level::warning,
     "REFRESH without CONCURRENTLY: reads of the view are blocked meanwhile"},
    {"reindex", Level::error, "REINDEX without CONCURRENTLY"},
    {"rename-column", Level::error, "a column is renamed under the running version"},
    {"rename-schema", Level::error, "a schema, or a table's schema, is renamed under the running version"},
    {"rename-table", Level::error, "a table or view is renamed under the running version"},
    {"set-not-null", Level::error, "SET NOT NULL without a valid CHECK: the table is read under ACCESS EXCLUSIVE"},
    {"table-rewrite", Level::error, "SET LOGGED, TABLESPACE or ACCESS METHOD: the table is rewritten"},
    {"transaction-control", Level::warning, "BEGIN, COMMIT or ROLLBACK inside a file"},
    {"truncate", Level::warning, "TRUNCATE: all rows are removed, under ACCESS EXCLUSIVE"},
    {"unknown-rule", Level::error, "an ignore names a rule that does not exist"},
    {"unknown-statement", Level::warning, "a statement that PostgreSQL does not have"},
    {"unused-ignore", Level::warning, "an ignore that ignores nothing"},
    {"update-beside-ddl", Level::warning, "rows are changed while the transaction holds a strong lock"},
    {"vacuum-full", Level::error, "VACUUM FULL rewrites the table under ACCESS EXCLUSIVE"},
    {"validate-same-transaction", Level::error, "VALIDATE in the transaction that added the constraint"},
    {"volatile-default", Level::error, "a new column with a volatile default: the table is rewritten"},
}};

}  // namespace

std::string_view to_string(Level level) {
    constexpr std::array<std::string_view, 3> names{"note", "warning", "error"};
    return names.at(static_cast<std::size_t>(level));
}

std::span<const LintRule> lint_rules() {
    return all;
}

const LintRule* find_lint_rule(std::string_view name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const LintRule& rule) { return rule.name == name; });
    return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> lint_rule_names() {
    std::vector<std::string> names;
    for (const LintRule& rule : all)
        names.emplace_back(rule.name);
    return names;
}

}  // namespace tripmig::lint
