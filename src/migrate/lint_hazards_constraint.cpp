#include <fmt/format.h>

#include "migrate/lint_hazards.hpp"

namespace tripmig::migrate::hazards {

using Constraint = sql::ConstraintFacts::Kind;

namespace {

void foreign_key(Sight& sight, const std::string& table, const sql::ConstraintFacts& constraint, std::size_t offset) {
    const std::string other = sight.schema.key(constraint.references);
    sight.add(
        "add-foreign-key",
        fmt::format("every row of {} is looked up in {} while both refuse writes (SHARE ROW EXCLUSIVE)", table, other),
        "add it NOT VALID, and VALIDATE CONSTRAINT in a later file: that lets writes through", offset);
}

void check(Sight& sight, const std::string& table, std::size_t offset) {
    sight.add("add-check", fmt::format("every row of {} is checked under ACCESS EXCLUSIVE", table),
              "add it NOT VALID, and VALIDATE CONSTRAINT in a later file: that lets reads and writes through", offset);
}

void unique(Sight& sight, const std::string& table, const sql::ConstraintFacts& constraint, std::size_t offset) {
    const std::string_view what = constraint.kind == Constraint::unique ? "UNIQUE" : "PRIMARY KEY";
    if (constraint.using_index.empty())
        return sight.add("add-unique", fmt::format("{} builds its index on {} under ACCESS EXCLUSIVE", what, table),
                         fmt::format("CREATE UNIQUE INDEX CONCURRENTLY i in a file of its own, then ADD CONSTRAINT ... "
                                     "{} USING INDEX i",
                                     what),
                         offset);
    for (const TablePass& pass : sight.effects.scans)
        if (pass.table == table)
            sight.add("set-not-null", fmt::format("PRIMARY KEY USING INDEX: {}, under ACCESS EXCLUSIVE", pass.why),
                      "set its columns NOT NULL before, by a validated CHECK", offset,
                      pass.is_certain ? Level::error : Level::warning);
}

}  // namespace

void constraint(Sight& sight, const std::string& table, const sql::ConstraintFacts& constraint, std::size_t offset) {
    if (constraint.is_not_valid) {
        sight.file.transaction.not_valid.insert(table + " " + constraint.name);
        return;
    }
    switch (constraint.kind) {
        case Constraint::foreign_key:
            return foreign_key(sight, table, constraint, offset);
        case Constraint::check:
            return check(sight, table, offset);
        case Constraint::unique:
        case Constraint::primary_key:
            return unique(sight, table, constraint, offset);
        case Constraint::exclude:
            return sight.add(
                "add-exclusion", fmt::format("EXCLUDE builds its index on {} under ACCESS EXCLUSIVE", table),
                "PostgreSQL has no other way: run it while nobody waits, or make a new table with it", offset);
        default:
            return;
    }
}

}  // namespace tripmig::migrate::hazards
