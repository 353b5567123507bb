#include "swap/preflight/environment.hpp"

#include <doctest/doctest.h>

#include <array>

#include "job/finding.hpp"
#include "orders.hpp"
#include "swap/preflight/statement_risk.hpp"

using namespace tripmig;
using namespace tripmig::test;
using Kind = swap::StatementRisk::Kind;

namespace {

std::optional<Kind> kind_of(const std::string& query, const db::TableInfo& table = orders()) {
    const auto risks = swap::statement_risks(query, table, monthly());
    return risks.empty() ? std::nullopt : std::optional<Kind>(risks.front().kind);
}

std::string text_of(const swap::Environment& around, std::size_t leaves = 3,
                    config::SwapStrategy strategy = config::SwapStrategy::copy) {
    config::PartitionPolicy policy = monthly();
    policy.swap.strategy = strategy;
    std::string text;
    for (const job::Finding& finding : swap::check_environment(orders(), around, policy, {}, leaves))
        text += std::string(to_string(finding.level)) + " " + finding.subject + ": " + finding.message + "\n";
    return text;
}

/// The reasons, "breaks: ...", one per line.
std::string reasons(const std::vector<swap::StatementRisk>& risks) {
    static constexpr std::array<std::string_view, 3> kinds{"breaks", "changes", "slows"};
    std::string text;
    for (const swap::StatementRisk& risk : risks) {
        CHECK_MESSAGE(!risk.instead.empty(), risk.why);
        text += std::string(kinds.at(static_cast<std::size_t>(risk.kind))) + ": " + risk.why + "\n";
    }
    return text;
}

std::string reasons_of(const std::string& query) {
    return reasons(swap::statement_risks(query, orders(), monthly()));
}

bool has(const std::string& text, const std::string& words) {
    CAPTURE(text);
    CAPTURE(words);
    const bool found = text.find(words) != std::string::npos;
    CHECK(found);
    return found;
}

}  // namespace

TEST_CASE("which statements break, change or slow down") {
    CHECK(kind_of("INSERT INTO orders (id, note) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET note = $3") ==
          Kind::breaks);
    CHECK(kind_of("insert into public.orders values ($1) on conflict (\"id\") do nothing") == Kind::breaks);
    CHECK(kind_of("WITH c AS (INSERT INTO orders VALUES ($1) ON CONFLICT (id) DO NOTHING RETURNING 1) SELECT $2") ==
          Kind::breaks);
    CHECK(kind_of("INSERT INTO orders VALUES ($1) ON CONFLICT ON CONSTRAINT orders_pkey DO NOTHING") == Kind::changes);
    CHECK(kind_of("INSERT INTO orders VALUES ($1) ON CONFLICT DO NOTHING") == Kind::changes);
    db::TableInfo with_unique = orders();
    with_unique.indexes.push_back(with_unique.indexes[1]);
    with_unique.indexes.back().name.name = "orders_note_key";
    with_unique.indexes.back().is_unique = true;
    config::PartitionPolicy per_leaf = monthly();
    const std::string by_name = "INSERT INTO orders VALUES ($1) ON CONFLICT ON CONSTRAINT orders_note_key DO NOTHING";
    CHECK(swap::statement_risks(by_name, with_unique, per_leaf).at(0).kind == Kind::changes);
    per_leaf.swap.unique_indexes = config::UniqueIndexes::leaf;
    CHECK(swap::statement_risks(by_name, with_unique, per_leaf).at(0).kind == Kind::breaks);
    CHECK(kind_of("INSERT INTO orders VALUES ($1) ON CONFLICT (id, at) DO NOTHING") == std::nullopt);
    CHECK(kind_of("INSERT INTO orders VALUES ($1, $2)") == std::nullopt);
    CHECK(kind_of("INSERT INTO shop.orders VALUES ($1) ON CONFLICT (id) DO NOTHING") == std::nullopt);
    CHECK(kind_of("SELECT * FROM orders WHERE id = $1") == Kind::slows);
    CHECK(kind_of("SELECT id, at FROM orders o WHERE o.id = $1") == Kind::slows);
    CHECK(kind_of("UPDATE orders SET at = $2 WHERE id = $1") == Kind::slows);
    CHECK(kind_of("DELETE FROM orders WHERE id = $1") == Kind::slows);
    CHECK(kind_of("SELECT * FROM orders WHERE id = $1 AND at = $2") == std::nullopt);
    CHECK(kind_of("SELECT id FROM orders WHERE note = $1") == std::nullopt);
    CHECK(kind_of("SELECT * FROM others WHERE id = $1") == std::nullopt);
    db::TableInfo with_key = orders();
    with_key.indexes[0].columns = {"id", "at"};
    CHECK(kind_of("SELECT * FROM orders WHERE id = $1", with_key) == std::nullopt);
    CHECK(kind_of("INSERT INTO orders VALUES ($1) ON CONFLICT DO NOTHING", with_key) == std::nullopt);
}

TEST_CASE("statements that depend on where a row lies") {
    has(reasons_of("DELETE FROM orders WHERE ctid IN (SELECT ctid FROM orders ORDER BY at LIMIT 3)"),
        "changes: ctid is unique in one partition only: rows of other partitions are affected too");
    has(reasons_of("UPDATE public.orders SET note = $1 WHERE ctid = ANY ($2)"), "changes: ctid is unique");
    has(reasons_of("SELECT * FROM orders WHERE ctid = $1"), "changes: ctid identifies a row in one partition only");
    CHECK(reasons_of("DELETE FROM orders WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM orders)").empty());
    CHECK(reasons_of("DELETE FROM others WHERE ctid = $1").empty());
    has(reasons_of("SELECT count(*) FROM ONLY orders"), "changes: ONLY public.orders will mean the parent");
    has(reasons_of("UPDATE ONLY (public.orders) SET note = $1"), "it finds no row");
    has(reasons_of("LOCK TABLE ONLY orders IN SHARE MODE"), "it locks no partition");
    CHECK(reasons_of("SELECT count(*) FROM ONLY others").empty());
    CHECK(reasons_of("SELECT count(*) FROM ONLY shop.orders").empty());
    CHECK(reasons_of("ALTER TABLE ONLY orders ALTER note SET DEFAULT 'x'").empty());
    has(reasons_of("TRUNCATE ONLY orders"), "breaks: TRUNCATE ONLY of a partitioned table is refused (42809)");
    CHECK(reasons_of("TRUNCATE orders").empty());
    has(reasons_of("INSERT INTO orders (note) VALUES ($1) RETURNING id, xmin"), "breaks: INSERT ... RETURNING xmin");
    has(reasons_of("INSERT INTO orders VALUES ($1) ON CONFLICT (id, at) DO UPDATE SET note = $2 RETURNING (xmax = $3)"),
        "breaks: INSERT ... RETURNING xmax");
    CHECK(reasons_of("UPDATE orders SET note = $1 WHERE at = $2 RETURNING xmin").empty());
    CHECK(reasons_of("INSERT INTO others VALUES ($1) RETURNING xmin").empty());
    has(reasons_of("COPY public.orders (id, at) TO stdout"), "breaks: COPY ... TO cannot read a partitioned table");
    CHECK(reasons_of("COPY orders FROM stdin").empty());
    CHECK(reasons_of("COPY (SELECT * FROM orders) TO stdout").empty());
    has(reasons_of("create unique index concurrently if not exists x on orders (note)"),
        "breaks: CREATE INDEX CONCURRENTLY");
    has(reasons_of("DROP INDEX CONCURRENTLY orders_note"), "breaks: DROP INDEX CONCURRENTLY orders_note");
    CHECK(reasons_of("CREATE INDEX CONCURRENTLY x ON others (note)").empty());
    has(reasons_of("SELECT pg_total_relation_size('orders')"),
        "changes: pg_total_relation_size of the partitioned table is 0\n");
    has(reasons_of("SELECT pg_size_pretty(pg_table_size($1))"), "is 0 (if its parameter names public.orders)");
    CHECK(reasons_of("SELECT pg_total_relation_size('others')").empty());
}

TEST_CASE("GROUP BY the primary key alone decides other columns no more") {
    has(reasons_of("SELECT id, note, count(*) FROM orders GROUP BY id"),
        "breaks: GROUP BY (id) no longer decides column note (42803)");
    has(reasons_of("SELECT o.*, sum(l.n) FROM orders o JOIN lines l ON l.of = o.id GROUP BY o.id"), "decides column *");
    CHECK(reasons_of("SELECT id, count(*), max(note) FROM orders GROUP BY id").empty());
    CHECK(reasons_of("SELECT id, note FROM orders GROUP BY id, at").empty());
    CHECK(reasons_of("SELECT note FROM orders GROUP BY note").empty());
}

TEST_CASE("functions: what their statements do, and what a row trigger asks about its table") {
    swap::FunctionText function{"function public.f()", "plpgsql", {}, {}, std::nullopt};
    const auto of = [&](const std::string& source) {
        function.source = source;
        return reasons(swap::function_risks(function, orders(), monthly()));
    };
    has(of("begin delete from orders where ctid in (select ctid from orders limit 5); return 1; end"),
        "changes: ctid is unique");
    has(of("declare r record; begin for r in select id from others loop update orders set note = 'x' where ctid = r.c; "
           "end loop; end"),
        "changes: ctid is unique");
    has(of("begin if found then insert into orders values (1) returning xmin into x; else perform 1; end if; end"),
        "breaks: INSERT ... RETURNING xmin");
    has(of("begin return (select count(*) from only orders); end"), "changes: ONLY public.orders");
    CHECK(of("begin delete from others where ctid = c; return null; end").empty());
    CHECK(of("begin new.note := TG_TABLE_NAME; return new; end").empty());
    function.triggers = {"touch"};
    has(of("begin new.note := TG_TABLE_NAME; return new; end"),
        "changes: TG_TABLE_NAME will be the partition's in the row trigger touch");
    has(of("begin insert into audit values (tg_relid); return new; end"), "changes: TG_RELID will be the partition's");
    CHECK(of("begin raise 'TG_RELID'; return new; end").empty());
    function.language = "plpython3u";
    CHECK(of("delete from only orders").empty());
}

TEST_CASE("what is around: locks, sessions, replicas, statements, time and disk") {
    swap::Environment around;
    around.sees_all_statistics = true;
    std::string text = text_of(around);
    has(text,
        "ok max_locks_per_transaction: 3 partitions, each with 2 indexes: a look-up in all of them takes 12 locks; the "
        "setting is 64");
    has(text, "note statements: pg_stat_statements cannot be read");
    has(text, "note time and disk: not estimated: no sample could be taken");
    CHECK(text.find("refuse") == std::string::npos);
    CHECK(text.find("pg_read_all_stats the age") == std::string::npos);
    CHECK(text.find("replica identity") == std::string::npos);
    has(text_of(around, 36),
        "takes 111 locks; the setting is 64, for each of 100 sessions. If 58 of them did that at once, the lock table "
        "would be full (SQLSTATE 53200); 128 is enough");
    around.may_make_state = around.sees_all_statistics = false;
    around.blockers = {"pid 7 (shop, idle in transaction, transaction open for 90 s)"};
    around.followers = {"replica1"};
    around.idle_slots = {"dead (12 GB of WAL)"};
    around.has_statement_statistics = true;
    around.hidden_statements = 4;
    around.statements = {{"SELECT * FROM orders\nWHERE id = $1", 1200, 0.5},
                         {"SELECT note FROM orders WHERE at > $1", 9, 1}};
    around.sample = swap::Sample{10, 400, 0.5, 0.25, 1'048'576, 524'288};
    around.event_triggers = {{"ensure_rls", "ddl_command_end", {"public", "rls_auto"}, "CREATE TABLE, SELECT INTO"}};
    around.logical_slots = {"debezium (pgoutput, active)"};
    text = text_of(around);
    has(text,
        "note event trigger ensure_rls: public.rls_auto runs at ddl_command_end of CREATE TABLE, SELECT INTO: the "
        "swap");
    has(text,
        "note replica identity: its columns change from (id) to (id, at): logical consumers get another key with "
        "UPDATE and DELETE: slot debezium (pgoutput, active)");
    has(text, "refuse state schema: the role can neither use nor create it");
    has(text, "note old transactions: the cut-over is not tried while these are open: pid 7 (shop");
    has(text,
        "note replicas: replica1: the swap pauses while one of them is more than 10s behind; the cut-over cannot wait "
        "for snapshots");
    has(text, "note replication slots: nobody reads from dead (12 GB of WAL)");
    has(text, "note role: without pg_read_all_stats");
    has(text,
        "note statement: will be slower: looks up by (id) alone: it reads every partition (1200 calls, 0.50 ms each): "
        "SELECT "
        "* "
        "FROM orders WHERE id = $1");
    has(text, "note statements: the text of 4 statements of other roles is not visible");
    has(text, "note time: about 5 s to load and 3 s to index with one worker, measured on 10 of 100 blocks");
    has(text, "note disk: about 15 MB for the copy with its indexes");
    text = text_of(around, 3, config::SwapStrategy::attach);
    has(text, "note time: about 2 s for the unique index");
    has(text, "note disk: about 5 MB for the unique index and the registry together");
    CHECK(text.find("wait for snapshots") == std::string::npos);
}

TEST_CASE("what the swap will take, as numbers: unknown without a sample") {
    db::TableInfo table = orders();
    table.rows = 77;
    table.bytes = 1'000'000;
    swap::Environment around;
    around.database_bytes = 9;
    swap::Estimate need = swap::estimate(table, around, true);
    CHECK(need.rows == 77);
    CHECK(need.bytes == 1'000'000);
    CHECK(need.sampled_blocks == 0);
    CHECK_FALSE((need.load_seconds || need.index_seconds || need.disk_bytes));
    table.rows = -1;
    CHECK_FALSE(swap::estimate(table, around, true).rows);
    around.sample = swap::Sample{10, 400, 0.5, 0.25, 1'048'576, 524'288};
    need = swap::estimate(table, around, true);
    CHECK(need.rows == 4000);
    CHECK(need.load_seconds == 5.0);
    CHECK(need.index_seconds == 2.5);
    CHECK(need.disk_bytes == 15 * 1'048'576);
    need = swap::estimate(table, around, false);
    CHECK_FALSE(need.load_seconds);
    CHECK(need.index_seconds == 1.25);
    CHECK(need.disk_bytes == 5 * 1'048'576);
    table.pages = 0;
    around.sample.reset();
    CHECK(swap::estimate(table, around, true).rows == 0);
}
