#include <fmt/format.h>

#include <algorithm>

#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

Step create(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    const std::string tablespace =
        table.tablespace.empty() ? "" : fmt::format(" TABLESPACE {}", sql::quote_ident(table.tablespace));
    return statement(
        fmt::format(
            "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION "
            "INCLUDING COMMENTS INCLUDING CONSTRAINTS) PARTITION BY RANGE ({}){}",
            sql::quoted(table.name), sql::quoted(replacement.leaf), sql::quote_ident(replacement.key), tablespace),
        "columns, defaults, generated columns, storage, CHECKs and their comments");
}

}  // namespace

std::vector<Step> column_settings(const db::TableInfo& table, const QualifiedName& target) {
    const std::string name = sql::quoted(target);
    std::vector<Step> steps;
    for (const db::ColumnInfo& column : table.columns) {
        if (column.statistics >= 0)
            steps.push_back(statement(fmt::format("ALTER TABLE ONLY {} ALTER COLUMN {} SET STATISTICS {}", name,
                                                  sql::quote_ident(column.name), column.statistics),
                                      "LIKE does not copy statistics targets"));
        for (const std::string& option : column.options)
            steps.push_back(statement(fmt::format("ALTER TABLE ONLY {} ALTER COLUMN {} SET ({})", name,
                                                  sql::quote_ident(column.name), option),
                                      "LIKE does not copy column options"));
    }
    return steps;
}

namespace {

std::vector<db::ConstraintInfo> unvalidated_checks(const db::TableInfo& table) {
    std::vector<db::ConstraintInfo> checks;
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.kind == 'c' && !constraint.is_valid)
            checks.push_back(constraint);
    return checks;
}

}  // namespace

std::vector<Step> drop_unvalidated_checks(const db::TableInfo& table, const QualifiedName& target) {
    std::vector<Step> steps;
    for (const db::ConstraintInfo& check : unvalidated_checks(table))
        steps.push_back(statement(
            fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", sql::quoted(target), sql::quote_ident(check.name)),
            "it is NOT VALID, but LIKE made it one that old rows must meet too"));
    return steps;
}

std::vector<Step> add_unvalidated_checks(const db::TableInfo& table, const QualifiedName& target) {
    std::vector<Step> steps;
    for (const db::ConstraintInfo& check : unvalidated_checks(table)) {
        // Its definition ends with NOT VALID.
        steps.push_back(statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", sql::quoted(target),
                                              sql::quote_ident(check.name), check.definition),
                                  "as it was: for rows from now on", {{target, LockMode::access_exclusive}}));
        if (check.comment)
            steps.push_back(comment_on_constraint(target, check.name, *check.comment));
    }
    return steps;
}

namespace {

std::string identity_words(const db::TableInfo& table, const std::string& column) {
    const db::ColumnInfo* info = table.column(column);
    return info != nullptr && info->identity == 'a' ? "ALWAYS" : "BY DEFAULT";
}

}  // namespace

std::vector<Step> pass_on_sequences(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    std::vector<Step> steps;
    for (const db::SequenceInfo& sequence : table.sequences) {
        if (sequence.is_identity)
            append(steps, move_identity(sequence, table, replacement.leaf, table.name));
        else
            steps.push_back(statement(fmt::format("ALTER SEQUENCE {} OWNED BY {}.{}", sql::quoted(sequence.name),
                                                  sql::quoted(table.name), sql::quote_ident(sequence.column)),
                                      "otherwise it would go when retention drops the partition"));
    }
    return steps;
}

std::vector<Step> move_identity(const db::SequenceInfo& sequence, const db::TableInfo& definition,
                                const QualifiedName& from, const QualifiedName& to) {
    const std::string name = sql::quoted(sequence.name);
    const QualifiedName parked{sequence.name.schema, sql::truncated_name("tripmig_" + sequence.name.name)};
    const std::string column = sql::quote_ident(sequence.column);
    std::vector<Step> steps;
    steps.push_back(statement(fmt::format("ALTER SEQUENCE {} RENAME TO {}", name, sql::quote_ident(parked.name)),
                              "the old sequence, replaced by the new one below"));
    steps.push_back(statement(
        fmt::format("ALTER TABLE {} ALTER COLUMN {} ADD GENERATED {} AS IDENTITY (SEQUENCE NAME {} {})",
                    sql::quoted(to), column, identity_words(definition, sequence.column), name, sequence.options),
        "an identity column's sequence cannot change its table"));
    steps.push_back(statement(fmt::format("SELECT pg_catalog.setval({}, last_value, is_called) FROM {}",
                                          sql::quote_literal(name), sql::quoted(parked)),
                              "the next value, read under the lock"));
    steps.push_back(statement(fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP IDENTITY", sql::quoted(from), column),
                              "the old sequence goes with it"));
    if (sequence.comment)
        steps.push_back(
            statement(fmt::format("COMMENT ON SEQUENCE {} IS {}", name, sql::quote_literal(*sequence.comment)),
                      "comments are preserved"));
    append(steps, grant_alike("SEQUENCE", sequence.name, definition.owner, sequence.has_acl, sequence.grants,
                              definition.default_sequence_grantees));
    return steps;
}

std::vector<Step> create_parent(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    const std::string name = sql::quoted(table.name);
    std::vector<Step> steps{create(replacement)};
    for (const std::string& check : replacement.dropped_checks)
        steps.push_back(statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", name, sql::quote_ident(check)),
                                  "LIKE copied it; here it would refuse all future rows"));
    append(steps, drop_unvalidated_checks(table, table.name));
    append(steps, add_unvalidated_checks(table, table.name));
    if (table.owner != table.current_role)
        steps.push_back(statement(fmt::format("ALTER TABLE {} OWNER TO {}", name, sql::quote_ident(table.owner)),
                                  "the old table's owner"));
    if (table.comment)
        steps.push_back(statement(fmt::format("COMMENT ON TABLE {} IS {}", name, sql::quote_literal(*table.comment)),
                                  "comments are preserved"));
    append(steps, column_settings(table, table.name));
    append(steps, pass_on_sequences(replacement));
    return steps;
}

}  // namespace tripmig::ddl
