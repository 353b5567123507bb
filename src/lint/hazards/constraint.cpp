#include <fmt/format.h>

#include "lint/hazards/hazards.hpp"

namespace tripmig::lint::hazards {

using Constraint = sql::ConstraintFacts::Kind;

namespace {

void foreign_key(LintContext& context, const std::string& table, const sql::ConstraintFacts& constraint,
                 std::size_t offset) {
    const std::string other = context.schema.key(constraint.references);
    context.add("add-foreign-key",
                fmt::format("every row of {} is looked up in {} while writes to both are blocked (SHARE ROW EXCLUSIVE)",
                            table, other),
                "add it NOT VALID, and VALIDATE CONSTRAINT in a later file: that does not block writes", offset);
}

void check(LintContext& context, const std::string& table, std::size_t offset) {
    context.add("add-check", fmt::format("every row of {} is checked under ACCESS EXCLUSIVE", table),
                "add it NOT VALID, and VALIDATE CONSTRAINT in a later file: that blocks neither reads nor writes",
                offset);
}

void unique(LintContext& context, const std::string& table, const sql::ConstraintFacts& constraint,
            std::size_t offset) {
    const std::string_view what = constraint.kind == Constraint::unique ? "UNIQUE" : "PRIMARY KEY";
    if (constraint.using_index.empty())
        return context.add(
            "add-unique", fmt::format("{} builds its index on {} under ACCESS EXCLUSIVE", what, table),
            fmt::format("CREATE UNIQUE INDEX CONCURRENTLY i in a file of its own, then ADD CONSTRAINT ... "
                        "{} USING INDEX i",
                        what),
            offset);
    for (const TablePass& pass : context.effects.scans)
        if (pass.table == table)
            context.add("set-not-null", fmt::format("PRIMARY KEY USING INDEX: {}, under ACCESS EXCLUSIVE", pass.why),
                        "set its columns NOT NULL first, with the help of a validated CHECK", offset,
                        pass.is_certain ? Level::error : Level::warning);
}

}  // namespace

void check_constraint(LintContext& context, const std::string& table, const sql::ConstraintFacts& constraint,
                      std::size_t offset) {
    if (constraint.is_not_valid) {
        context.file.transaction.not_valid.insert(table + " " + constraint.name);
        return;
    }
    switch (constraint.kind) {
        case Constraint::foreign_key:
            return foreign_key(context, table, constraint, offset);
        case Constraint::check:
            return check(context, table, offset);
        case Constraint::unique:
        case Constraint::primary_key:
            return unique(context, table, constraint, offset);
        case Constraint::exclude:
            return context.add(
                "add-exclusion", fmt::format("EXCLUDE builds its index on {} under ACCESS EXCLUSIVE", table),
                "PostgreSQL has no other way: run it in a maintenance window, or create a new table with it", offset);
        default:
            return;
    }
}

}  // namespace tripmig::lint::hazards
