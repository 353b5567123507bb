#include "doctor/health_facts.hpp"

#include <utility>

#include "doctor/statements.hpp"

namespace tripmig::doctor {

namespace {

FreezeFacts read_freeze(Reader& reader) {
    FreezeFacts facts;
    for (const db::Row& row : reader.rows(statements::freeze_ages))
        facts.databases.push_back({row.text("database"), row.number("xids"), row.number("multixacts")});
    facts.oldest_tables = reader.rows(statements::oldest_tables).optional_text().value_or("");
    return facts;
}

/// Rows of one query, each made by `make`.
template <typename Make>
auto read_all(Reader& reader, std::string_view sql, const db::Parameters& parameters, Make make) {
    return see(reader.connection(), [&] {
        std::vector<decltype(make(std::declval<const db::Row&>()))> all;
        for (const db::Row& row : reader.rows(sql, parameters))
            all.push_back(make(row));
        return all;
    });
}

void read_tables(Reader& reader, HealthFacts& facts) {
    facts.dead_rows = read_all(reader, statements::dead_rows, {}, [](const db::Row& row) {
        return DeadRows{row.name(), row.number("live"), row.number("dead"), row.optional_decimal("since_vacuum"),
                        row.flag("is_off")};
    });
    facts.bloat = read_all(reader, statements::bloat, {}, [](const db::Row& row) {
        return BloatedTable{row.name(), row.number("bytes"), row.number("needed")};
    });
    facts.unanalyzed = read_all(reader, statements::never_analyzed, {}, [](const db::Row& row) {
        return UnanalyzedTable{row.name(), row.flag("is_partitioned"), row.number("live"), row.flag("is_ours")};
    });
}

void read_sessions(Reader& reader, HealthFacts& facts) {
    facts.transactions =
        read_all(reader, statements::transactions, {std::to_string(old_transaction)}, [](const db::Row& row) {
            return OpenTransaction{row.text("kind") == "prepared", row.text("who"), row.text("id"), row.text("state"),
                                   row.decimal("seconds")};
        });
    facts.waiting = read_all(reader, statements::waiting, {std::to_string(long_wait)}, [](const db::Row& row) {
        return WaitingSession{row.number("pid"), row.decimal("seconds"), row.text("mode"), row.text("what"),
                              row.text_or_empty("blockers")};
    });
    facts.activity = see(reader.connection(), [&] {
        const db::Row row = reader.rows(statements::activity).row();
        return Activity{row.number("connections"), row.number("hits"), row.number("reads")};
    });
}

void read_replication(Reader& reader, HealthFacts& facts) {
    facts.replicas = read_all(reader, statements::replicas, {}, [](const db::Row& row) {
        return Replica{row.text("name"), row.text("state"), row.optional_decimal("lag_seconds"),
                       row.optional_number("lag_bytes")};
    });
    facts.own_lag =
        see(reader.connection(), [&] { return reader.rows(statements::own_lag).row().optional_decimal("lag"); });
    facts.slots = read_slots(reader);
}

}  // namespace

HealthFacts read_health(Reader& reader) {
    HealthFacts facts;
    facts.parameters = see(reader.connection(), [&] { return read_parameters(reader); });
    facts.freeze = see(reader.connection(), [&] { return read_freeze(reader); });
    read_tables(reader, facts);
    read_sessions(reader, facts);
    read_replication(reader, facts);
    facts.sizes = see(reader.connection(), [&] {
        const db::Row row = reader.rows(statements::database_sizes).row();
        return Sizes{row.number("bytes"), row.number("hidden")};
    });
    facts.archiver = see(reader.connection(), [&] {
        const db::Row row = reader.rows(statements::archiver).row();
        return Archiver{row.number("archived"), row.number("failed"), row.optional_decimal("since_archived"),
                        row.optional_decimal("since_failed"), row.text("failed_wal")};
    });
    return facts;
}

}  // namespace tripmig::doctor
