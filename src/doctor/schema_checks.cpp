#include "doctor/schema_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "base/counted.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::doctor {

namespace {

/// What REINDEX CONCURRENTLY leaves behind when it is interrupted: the new index, or the old one (manual, REINDEX).
bool is_rebuild_leftover(const std::string& index) {
    const std::size_t last = index.find_last_not_of("0123456789");
    const std::string_view name = std::string_view(index).substr(0, last == std::string::npos ? 0 : last + 1);
    const auto ends_with = [&](std::string_view end) {
        return name.size() > end.size() && name.substr(name.size() - end.size()) == end;
    };
    return ends_with("_ccnew") || ends_with("_ccold");
}

void judge_invalid_index(const InvalidIndex& each, Check& check) {
    const std::string index = sql::quoted(each.index);
    const std::string table = sql::quoted(each.table);
    if (each.is_partitioned) {
        check.add(
            Severity::error, index,
            each.lacking.empty()
                ? fmt::format("index {} of the partitioned table {} is not valid", index, table)
                : fmt::format("index {} is not valid: {} of {} {} no part of it: {}", index,
                              counted(each.lacking.size(), "partition"), table,
                              each.lacking.size() == 1 ? "has" : "have", fmt::join(each.lacking, ", ")),
            fmt::format("for each: CREATE INDEX CONCURRENTLY name ON partition ...; ALTER INDEX {} ATTACH PARTITION "
                        "name; CREATE INDEX CONCURRENTLY in a migration does all of it",
                        index));
        return;
    }
    const bool is_leftover = is_rebuild_leftover(each.index.name);
    const std::string command = fmt::format("{} INDEX CONCURRENTLY {}", is_leftover ? "DROP" : "REINDEX", index);
    std::vector<Unit> fix;
    if (each.is_ours)
        fix.push_back(ddl::alone(
            fmt::format("{} {}", is_leftover ? "drop" : "rebuild", index),
            ddl::statement(command,
                           is_leftover ? "an interrupted REINDEX CONCURRENTLY left it" : "no query may use it as it is",
                           {{each.table, LockMode::share_update_exclusive}})));
    check.add(Severity::warning, index,
              fmt::format("index {} of {} is not valid: an interrupted CONCURRENTLY left it; no query uses it{}", index,
                          table, each.is_ready ? ", and every write maintains it" : ""),
              command + (is_leftover ? "" : "; or DROP INDEX CONCURRENTLY when nobody wants it"), std::move(fix));
}

void judge_invalid_indexes(const std::vector<InvalidIndex>& indexes, Check& check) {
    check.found = counted(indexes.size(), "invalid index", "invalid indexes");
    for (const InvalidIndex& each : indexes)
        judge_invalid_index(each, check);
}

void judge_unvalidated(const std::vector<UnvalidatedConstraint>& constraints, Check& check) {
    check.found = counted(constraints.size(), "constraint") + " NOT VALID";
    for (const UnvalidatedConstraint& each : constraints) {
        const std::string table = sql::quoted(each.table);
        const std::string command =
            fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", table, sql::quote_ident(each.name));
        std::vector<Unit> fix;
        if (each.is_ours) {
            std::vector<LockRequest> locks{{each.table, LockMode::share_update_exclusive}};
            if (each.is_foreign_key)
                locks.push_back({each.target, LockMode::row_share});
            Unit unit;
            unit.name = fmt::format("validate {} of {}", sql::quote_ident(each.name), table);
            unit.steps.push_back(ddl::statement(command, "reads the table; writers go on", std::move(locks)));
            fix.push_back(std::move(unit));
        }
        check.add(Severity::warning, table,
                  fmt::format("constraint {} of {} is NOT VALID: rows from before it may violate it",
                              sql::quote_ident(each.name), table),
                  command + "; it names the first row that violates it", std::move(fix));
    }
}

void judge_keys(const std::vector<KeyWithoutIndex>& keys, Check& check) {
    constexpr std::int64_t few_rows = 10'000;
    check.found = counted(keys.size(), "foreign key") + " without index";
    for (const KeyWithoutIndex& each : keys) {
        const std::string table = sql::quoted(each.table);
        check.add(each.rows > few_rows ? Severity::warning : Severity::note, table,
                  fmt::format(
                      "foreign key {} of {} has no index on ({}): each DELETE from {}, and each UPDATE of its key, "
                      "reads all of {} (about {})",
                      sql::quote_ident(each.name), table, each.columns, each.target, table, counted(each.rows, "row")),
                  fmt::format("CREATE INDEX CONCURRENTLY ON {} ({}){}", table, each.columns,
                              each.is_partitioned ? ", in a migration: tripmig builds it partition by partition" : ""));
    }
}

/// From 0 to 1. Numbers up to the width of all of bigint.
double used_share(const Sequence& sequence) {
    if (!sequence.last_value)
        return 0;
    const auto first = static_cast<double>(sequence.ascends ? std::min<std::int64_t>(sequence.start, 0)
                                                            : std::max<std::int64_t>(sequence.start, 0));
    const double all = std::abs(static_cast<double>(sequence.last) - first);
    return all == 0 ? 1 : std::abs(static_cast<double>(*sequence.last_value) - first) / all;
}

void judge_sequences(const std::vector<Sequence>& sequences, Check& check) {
    std::size_t hidden = 0;
    double worst = 0;
    for (const Sequence& each : sequences) {
        hidden += each.is_visible ? 0 : 1;
        const double share = each.cycles ? 0 : used_share(each);
        worst = std::max(worst, share);
        if (share < 0.7)
            continue;
        const std::string name = sql::quoted(each.name);
        check.add(share >= 0.9 ? Severity::error : Severity::warning, name,
                  fmt::format("sequence {} is at {} of {} ({:.0f} %){}; then inserts fail", name, *each.last_value,
                              each.last, share * 100,
                              each.column.empty() ? "" : fmt::format(", for {} {}", each.column, each.column_type)),
                  each.column_type == "integer" || each.column_type == "smallint"
                      ? fmt::format("a bigint column beside it, kept by a trigger, filled in batches, then renamed in "
                                    "one transaction; ALTER COLUMN ... TYPE bigint rewrites the table under lock. Then "
                                    "ALTER SEQUENCE {} AS bigint",
                                    name)
                      : fmt::format("ALTER SEQUENCE {} MAXVALUE ... when its column holds more", name));
    }
    check.found = fmt::format("{}, the fullest at {:.0f} %", counted(sequences.size(), "sequence"), worst * 100);
    if (hidden > 0)
        check.found += fmt::format("; {} can't be seen by this role", hidden);
}

void judge_collations(const std::vector<CollationVersion>& collations, const std::string& database, Check& check) {
    check.found = fmt::format("{} of another version", counted(collations.size(), "collation"));
    for (const CollationVersion& each : collations) {
        const bool is_database = each.name.empty();
        const std::string name = is_database ? sql::quote_ident(database) : each.name;
        check.add(
            Severity::error, name,
            fmt::format("{} {} had version {} when its indexes were built, and the system has {}: indexes on text may "
                        "miss rows, and let duplicates in",
                        is_database ? "the default collation of database" : "collation", name, each.recorded,
                        each.actual),
            fmt::format("first REINDEX {} CONCURRENTLY {} (or each index on text; unique ones may show duplicates); "
                        "only then ALTER {} {} REFRESH {}VERSION, which silences the warning and repairs nothing",
                        is_database ? "DATABASE" : "INDEX", is_database ? name : "of each index that uses it",
                        is_database ? "DATABASE" : "COLLATION", name, is_database ? "COLLATION " : ""));
    }
}

void judge_primary_keys(const std::vector<TableWithoutKey>& tables, Check& check) {
    check.found = counted(tables.size(), "table") + " without";
    for (const TableWithoutKey& each : tables) {
        const std::string table = sql::quoted(each.table);
        check.add(
            Severity::note, table,
            fmt::format("{} has no primary key{}: logical replication can't send its UPDATEs and DELETEs, and a swap "
                        "can't tell its rows apart",
                        table, each.has_unique ? ", though a unique index" : ""),
            fmt::format("ALTER TABLE {} ADD PRIMARY KEY USING INDEX name, over a unique index built CONCURRENTLY",
                        table));
    }
}

void judge_right(const std::string& role, const MissingRight& each, Check& check) {
    const std::string quoted_role = sql::quote_ident(role);
    if (each.kind == "role")
        check.add(Severity::error, quoted_role, fmt::format("there is no role {}", quoted_role),
                  fmt::format("CREATE ROLE {} LOGIN, or the migration that makes it", quoted_role));
    else if (each.kind == "no schema")
        check.add(Severity::error, each.object, fmt::format("there is no schema {}", each.object),
                  "see [doctor.roles], or what creates it");
    else
        check.add(Severity::error, each.object,
                  fmt::format("role {} has no {} on {} {}", quoted_role, each.rights, each.kind, each.object),
                  fmt::format("GRANT {} ON {} {} TO {}", each.rights,
                              each.kind == "database" ? "DATABASE"
                              : each.kind == "schema" ? "SCHEMA"
                              : each.kind == "table"  ? "TABLE"
                                                      : "SEQUENCE",
                              each.object, quoted_role));
}

Check check_grants(const SchemaFacts& facts, const std::function<bool(const QualifiedName&)>& is_detached) {
    return check_seen("schema.grants", facts.rights, [&](const auto& roles, Check& check) {
        check.found = roles.empty() ? "none is stated in [doctor.roles]" : counted(roles.size(), "role") + " looked at";
        for (const auto& [role, missing] : roles)
            for (const MissingRight& each : missing)
                if (!is_detached(each.table))
                    judge_right(role, each, check);
    });
}

Check check_dump(const SchemaFacts& facts) {
    constexpr std::string_view code = "schema.drift";
    if (!facts.drift) {
        Check check{code};
        check.found = "`schema_file` is not stated in [doctor]";
        return check;
    }
    return check_seen(code, *facts.drift, [](const std::string& difference, Check& check) {
        check.found = difference.empty() ? "the schema is that of the file" : "the schema is not that of the file";
        if (!difference.empty())
            check.add(Severity::warning, "", difference,
                      "`tripmig dump FILE` when the change is right; else a migration that takes it back");
    });
}

Check check_drift(const SchemaFacts& facts) {
    Check check = check_dump(facts);
    if (!facts.changed_by_hand)
        return check;
    check.found += fmt::format("; {} since the last run", facts.changed_by_hand->empty() ? "nothing was changed by hand"
                                                                                         : "it was changed by hand");
    for (const std::string& change : *facts.changed_by_hand)
        check.add(Severity::warning, "", change + " (by hand, since the last run)",
                  "a migration with the change, or take it back; then `tripmig repair --accept-drift`");
    return check;
}

}  // namespace

std::vector<Check> check_schema(const SchemaFacts& facts,
                                const std::function<bool(const QualifiedName&)>& is_detached) {
    return {
        check_seen("schema.invalid_indexes", facts.invalid_indexes, judge_invalid_indexes),
        check_seen("schema.unvalidated_constraints", facts.unvalidated, judge_unvalidated),
        check_seen("schema.foreign_keys", facts.keys, judge_keys),
        check_seen("schema.sequences", facts.sequences, judge_sequences),
        check_seen("schema.collations", facts.collations,
                   [&](const auto& found, Check& check) { judge_collations(found, facts.database, check); }),
        check_seen("schema.primary_keys", facts.without_key, judge_primary_keys),
        check_grants(facts, is_detached),
        check_drift(facts),
    };
}

}  // namespace tripmig::doctor
