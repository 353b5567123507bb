// lint's locks, rewrites and scans against a server's: what pg_locks, relfilenodes and statistics say of each form.
#include <doctest/doctest.h>
#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "cases.hpp"
#include "lint/effects.hpp"
#include "lint/statement_effects.hpp"
#include "sql/scanner.hpp"
#include "support/test_database.hpp"

using namespace tripmig;
using test::Connection;
using test::TestDatabase;

namespace {

const std::vector<std::string> modes{
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};

LockMode mode_of(const std::string& name) {
    return static_cast<LockMode>(std::find(modes.begin(), modes.end(), name) - modes.begin());
}

struct Relation {
    std::string name;
    char kind = 'r';
    std::string filenode;
};

/// What a statement did to relations that were there before.
struct Observed {
    std::map<std::string, LockMode> locks;  ///< of tables, views, indexes, sequences
    std::set<std::string> rewritten;
    std::set<std::string> scanned;
};

/// The relations of the schema, by OID.
std::map<std::string, Relation> relations_of(const Connection& connection) {
    std::map<std::string, Relation> found;
    for (const auto& row : connection.rows(
             "select c.oid, case when n.nspname = 'public' then relname else nspname || '.' || relname end, relkind, "
             "pg_relation_filenode(c.oid) from pg_class c join pg_namespace n on n.oid = relnamespace "
             "where nspname in ('public', 'side')"))
        found[*row[0]] = {*row[1], row[2]->front(), row[3].value_or("")};
    return found;
}

bool is_table(char kind) {
    return kind == 'r' || kind == 'p' || kind == 'm' || kind == 'v';
}

std::map<std::string, long> sequential_scans(const Connection& connection) {
    std::map<std::string, long> scans;
    for (const auto& row : connection.rows("select relid, seq_scan from pg_stat_xact_user_tables"))
        scans[*row[0]] = std::stol(*row[1]);
    return scans;
}

void add_locks(const std::map<std::string, Relation>& relations, const test::Rows& rows, Observed& observed) {
    for (const auto& row : rows) {
        const auto relation = relations.find(*row[0]);
        if (relation == relations.end())
            continue;
        const LockMode mode = mode_of(*row[1]);
        const auto [lock, is_new] = observed.locks.emplace(relation->second.name, mode);
        lock->second = std::max(lock->second, mode);
    }
}

Observed observe(const Connection& connection, const std::map<std::string, Relation>& relations,
                 const std::string& statement) {
    Observed observed;
    connection.exec("begin; set local timezone = 'Asia/Seoul'");
    const auto before = sequential_scans(connection);
    try {
        connection.exec(statement);
    } catch (const std::exception& failure) {
        connection.exec("rollback");
        FAIL_CHECK(std::string(failure.what()));
        return observed;
    }
    add_locks(relations,
              connection.rows("select relation, mode from pg_locks where pid = pg_backend_pid() and locktype = "
                              "'relation' and granted"),
              observed);
    for (const auto& [oid, count] : sequential_scans(connection)) {
        const auto relation = relations.find(oid);
        const auto former = before.find(oid);
        if (relation != relations.end() && count > (former == before.end() ? 0 : former->second))
            observed.scanned.insert(relation->second.name);
    }
    for (const auto& row : connection.rows("select oid, pg_relation_filenode(oid) from pg_class")) {
        const auto relation = relations.find(*row[0]);
        if (relation != relations.end() && is_table(relation->second.kind) &&
            relation->second.filenode != row[1].value_or(""))
            observed.rewritten.insert(relation->second.name);
    }
    connection.exec("rollback");
    return observed;
}

lint::KnownSchema known_schema() {
    lint::KnownSchema schema;
    schema.begin_file(1);
    for (const sql::Statement& statement : sql::scan(lint_cases::schema).statements)
        schema.apply(statement.text, sql::facts(statement.text), true);
    schema.begin_file(2);
    return schema;
}

std::string text_of(const std::map<std::string, LockMode>& locks) {
    std::string text;
    for (const auto& [relation, mode] : locks)
        text += std::string(text.empty() ? "" : ", ") + std::string(to_string(mode)) + " on " + relation;
    return text;
}

std::string text_of(const std::set<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::map<std::string, LockMode> locks_of(const lint::Effects& effects) {
    std::map<std::string, LockMode> locks;
    for (const lint::TableLock& lock : effects.locks)
        locks[lock.relation] = lock.mode;
    return locks;
}

/// Indexes and sequences that lint does not speak of: they go with their table.
void leave_out_followers(Observed& observed, const std::map<std::string, LockMode>& told,
                         const std::map<std::string, Relation>& relations) {
    for (const auto& [oid, relation] : relations)
        if (!is_table(relation.kind) && told.count(relation.name) == 0)
            observed.locks.erase(relation.name);
}

/// The tables of a pass; those of which lint is not certain count when the server did it, too.
std::set<std::string> tables_of(const std::vector<lint::TablePass>& passes, const std::set<std::string>& observed) {
    std::set<std::string> tables;
    for (const lint::TablePass& pass : passes)
        if (pass.is_certain || observed.count(pass.table) > 0)
            tables.insert(pass.table);
    return tables;
}

/// Reading under a weak lock hinders nobody, and a rewrite reads in any case.
void leave_out_harmless_scans(Observed& observed) {
    for (auto each = observed.scanned.begin(); each != observed.scanned.end();) {
        const auto lock = observed.locks.find(*each);
        const bool is_weak = lock == observed.locks.end() || lock->second < LockMode::share_update_exclusive;
        each = is_weak || observed.rewritten.count(*each) > 0 ? observed.scanned.erase(each) : std::next(each);
    }
}

}  // namespace

TEST_CASE("lint and the server agree on every form in a transaction") {
    const TestDatabase database;
    database.exec(std::string(lint_cases::schema));
    const Connection connection = database.connect();
    const auto relations = relations_of(connection);
    const lint::KnownSchema schema = known_schema();
    CHECK(lint_cases::in_transaction.size() >= 60);
    for (const std::string_view statement : lint_cases::in_transaction) {
        CAPTURE(statement);
        Observed observed = observe(connection, relations, std::string(statement));
        const lint::Effects effects = lint::effects_of(statement, sql::facts(statement), schema);
        const auto told = locks_of(effects);
        leave_out_followers(observed, told, relations);
        leave_out_harmless_scans(observed);
        CHECK(text_of(told) == text_of(observed.locks));
        std::set<std::string> rewritten = tables_of(effects.rewrites, observed.rewritten);
        rewritten.insert(effects.emptied.begin(), effects.emptied.end());
        CHECK(text_of(rewritten) == text_of(observed.rewritten));
        // how the server looks for the referenced rows is the planner's choice
        if (effects.lock_on("parent") != nullptr && !effects.has_scan("parent"))
            observed.scanned.erase("parent");
        CHECK(text_of(tables_of(effects.scans, observed.scanned)) == text_of(observed.scanned));
    }
}

namespace {

/// Runs the statement while another session holds the table in a mode that it must wait for, and reads which lock it
/// asks for.
LockMode mode_waited_for(const TestDatabase& database, const std::string& table, const std::string& statement) {
    const Connection runner = database.connect();
    const Connection holder = database.connect();
    const std::string pid = runner.scalar("select pg_backend_pid()");
    holder.exec("begin; lock table only " + table + " in share update exclusive mode");
    REQUIRE(PQsendQuery(runner.raw(), statement.c_str()) == 1);
    test::Rows rows;
    for (int tries = 0; rows.empty() && tries < 5000; ++tries) {
        rows = database.rows(
            "select mode from pg_locks where not granted and locktype = 'relation' and pid = $1 and "
            "relation = $2::regclass",
            {pid, table});
        if (rows.empty())
            std::this_thread::yield();
    }
    holder.exec("rollback");
    while (PGresult* result = PQgetResult(runner.raw())) {
        CHECK_MESSAGE(PQresultStatus(result) == PGRES_COMMAND_OK, PQresultErrorMessage(result));
        PQclear(result);
    }
    REQUIRE(rows.size() == 1);
    return mode_of(*rows[0][0]);
}

}  // namespace

TEST_CASE("lint and the server agree on what can't be in a transaction") {
    const TestDatabase database;
    database.exec(std::string(lint_cases::schema));
    const lint::KnownSchema schema = known_schema();
    for (const std::string_view statement : lint_cases::alone) {
        CAPTURE(statement);
        const lint::Effects effects = lint::effects_of(statement, sql::facts(statement), schema);
        const std::string table = effects.lock_on("t") != nullptr ? "t" : "p";
        REQUIRE(effects.lock_on(table) != nullptr);
        CHECK(to_string(effects.lock_on(table)->mode) ==
              to_string(mode_waited_for(database, table, std::string(statement))));
    }
}
