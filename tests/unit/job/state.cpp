#include "job/state.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace tripmig;
using job::Stage;
using job::State;

namespace {

State rich_state() {
    State state;
    state.job = 7;
    state.table = {"shop", "Orders \"of\" today"};
    state.stage = Stage::registered;
    state.key = "at";
    state.key_type = "timestamp with time zone";
    state.interval = "1 month";
    state.boundary = "2026-12-01 00:00:00+00";
    state.key_was_nullable = true;
    state.incoming = config::IncomingForeignKeys::registry;
    state.has_registry = true;
    state.leaf = "orders_past";
    state.primary_key = {"tenant", "id"};
    db::IncomingKey key;
    key.table = {"shop", "lines"};
    key.name = "lines_fkey";
    key.columns = {"tenant", "order_id"};
    key.referenced = {"tenant", "id"};
    key.tail = " ON DELETE CASCADE";
    key.comment = "why";
    state.dropped = {key};
    state.row_key = {"tenant", "code"};
    state.unique_without_key = {{"orders_code", "USING btree (code)", true}};
    state.strategy = config::SwapStrategy::copy;
    state.shape = {"column id bigint NOT NULL"};
    db::ConstraintInfo outgoing;
    outgoing.kind = 'f';
    outgoing.name = "orders_customer";
    outgoing.definition = "FOREIGN KEY (customer_id) REFERENCES shop.customers(id)";
    outgoing.references = {"shop", "customers"};
    state.outgoing = {outgoing};
    state.blocks = 40;
    state.filenode = 16385;
    state.measured = {3, 1200, 34000, "2026-11-23 02:00:00"};
    state.must_compare = true;
    state.policy = job::JobPolicy{"{table}_{start}", 5, "2024-01-01", 40, true, {"lines_fkey"}, {{"strategy", "copy"}}};
    return state;
}

}  // namespace

TEST_CASE("a state comes back from its job as it was") {
    const State state = rich_state();
    const db::Job job = job::to_job(state);
    CHECK(job.kind == "swap");
    CHECK(job.stage == "registered");
    const State back = job::from_job(job);
    CHECK(job::to_job(back).state == job.state);
    CHECK(back.job == 7);
    CHECK(back.stage == Stage::registered);
    CHECK(back.table == state.table);
    CHECK(back.primary_key == state.primary_key);
    CHECK(back.row_key == state.row_key);
    CHECK(back.unique_without_key.at(0).tail == "USING btree (code)");
    CHECK(back.unique_without_key.at(0).is_constraint);
    CHECK(back.dropped.at(0).comment == "why");
    CHECK(back.measured.lock_held_us == 34000);
    CHECK(back.must_compare);
    REQUIRE(back.policy);
    CHECK(back.policy->start == "2024-01-01");
    CHECK(back.policy->file_choices.at("strategy") == "copy");
}

TEST_CASE("what becomes of unique indexes is the job's to say; one of an earlier version added the key") {
    State state = rich_state();
    for (const auto choice : {config::UniqueIndexes::refuse, config::UniqueIndexes::key, config::UniqueIndexes::leaf}) {
        state.unique_indexes = choice;
        CHECK(job::from_job(job::to_job(state)).unique_indexes == choice);
    }
    db::Job job = job::to_job(state);
    CHECK(job.state.find("\"format\":2") != std::string::npos);  // earlier versions must not go on with it
    const std::string field = "\"unique_indexes\":\"leaf\",";
    REQUIRE(job.state.find(field) != std::string::npos);
    job.state.erase(job.state.find(field), field.size());
    CHECK(job::from_job(job).unique_indexes == config::UniqueIndexes::key);
}

TEST_CASE("every stage has a name that is read back") {
    State state;
    for (int number = 0; number <= static_cast<int>(Stage::reverted); ++number) {
        state.stage = static_cast<Stage>(number);
        CHECK(job::from_job(job::to_job(state)).stage == state.stage);
    }
}

TEST_CASE("a job that is not understood is refused, not guessed") {
    db::Job job = job::to_job(rich_state());
    SUBCASE("of another kind") {
        job.kind = "split";
    }
    SUBCASE("of a stage to come") {
        job.stage = "verified";
    }
    SUBCASE("of a newer format") {
        job.state.replace(job.state.find("\"format\":1"), 10, "\"format\":9");
    }
    SUBCASE("not JSON") {
        job.state = "{";
    }
    SUBCASE("with a part missing") {
        job.state = "{\"format\":1}";
    }
    CHECK_THROWS_AS(job::from_job(job), Error);
}

TEST_CASE("the job's own names fit PostgreSQL's 63 bytes and differ") {
    State state;
    state.table = {"public", std::string(63, 'x')};
    const std::vector<std::string> names{state.leaf_index(), state.range_check(), state.null_check(),
                                         state.former_key_index()};
    for (std::size_t i = 0; i < names.size(); ++i) {
        CHECK(names[i].size() <= 63);
        for (std::size_t j = i + 1; j < names.size(); ++j)
            CHECK(names[i] != names[j]);
    }
}
