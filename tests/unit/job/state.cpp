#include "job/state/state.hpp"
#include "job/state/journal.hpp"

#include <doctest/doctest.h>

#include <variant>
#include <vector>

#include "base/error.hpp"

using namespace tripmig;
using job::AttachJob;
using job::CopyJob;
using job::CopyPart;
using job::EmptyJob;
using job::PartitionJob;
using job::Stage;
using job::State;
using job::SwapPart;

namespace {

SwapPart rich_swap() {
    SwapPart part;
    part.key_was_nullable = true;
    part.incoming = config::IncomingForeignKeys::composite;
    part.has_registry = true;
    part.replaces_functions = true;
    part.unique_without_key = {{"orders_code", "USING btree (code)", true}};
    db::IncomingKey key;
    key.table = {"shop", "lines"};
    key.name = "lines_fkey";
    key.columns = {"tenant", "order_id"};
    key.referenced = {"tenant", "id"};
    key.tail = " ON DELETE CASCADE";
    key.comment = "why";
    part.dropped = {key};
    part.composite = {{{"shop", "lines"}, "lines_fkey", "order_at", false, 8}};
    part.matviews = {{{"shop", "daily"}, "SELECT 1"}};
    return part;
}

CopyPart rich_copy() {
    db::ConstraintInfo outgoing;
    outgoing.kind = 'f';
    outgoing.name = "orders_customer";
    outgoing.definition = "FOREIGN KEY (customer_id) REFERENCES shop.customers(id)";
    outgoing.references = {"shop", "customers"};
    return {{40, 16385, true}, {"tenant", "code"}, {"column id bigint NOT NULL"}, {outgoing}};
}

State rich_state() {
    State state;
    state.job = 7;
    state.table = {"shop", "Orders \"of\" today"};
    state.stage = Stage::registered;
    state.key = "at";
    state.key_type = "timestamp with time zone";
    state.interval = "1 month";
    state.old_name = "orders_past";
    state.primary_key = {"tenant", "id"};
    state.unique_indexes = config::UniqueIndexes::leaf;
    state.fingerprint = {"trigger t"};
    state.measured = {3, 1200, 34000, "2026-11-23 02:00:00"};
    state.policy =
        job::JobPolicy{"{table}_{start}",       5, "2024-01-01", 40, true, {"lines_fkey"}, {{"strategy", "copy"}},
                       config::Outliers::first, 70};
    return state;
}

/// One of each kind, with a value in everything that it has.
std::vector<State> each_kind() {
    std::vector<State> states(6, rich_state());
    states[0].kind = AttachJob{rich_swap(), {40, 16385, true}, "2026-12-01 00:00:00+00"};
    states[1].kind = CopyJob{rich_swap(), rich_copy()};
    states[2].kind = PartitionJob{rich_copy(), {"shop", "orders"}, "FOR VALUES FROM (1) TO (9)"};
    states[3].kind = EmptyJob{rich_swap(), config::SwapStrategy::copy};
    PartitionJob job{rich_copy(), {"shop", "orders"}, "FOR VALUES FROM (1) TO (9)"};
    job.verb = job::PartitionVerb::merge;
    job.more = {{{"shop", "second"}, "FOR VALUES FROM (9) TO (17)", 16400, 60, 16500}};
    job.into = {"shop", "both"};
    states[4].kind = job;
    PartitionJob drain{rich_copy(), {"shop", "orders"}, "DEFAULT"};
    drain.verb = job::PartitionVerb::drain;
    drain.limit = 12;
    drain.keeps_old = false;
    states[5].kind = drain;
    return states;
}

}  // namespace

TEST_CASE("a state of each kind comes back from its job as it was") {
    for (const State& state : each_kind()) {
        const db::Job job = job::to_job(state);
        CAPTURE(job.state);
        CHECK(job.kind == (state.is<PartitionJob>() ? job::to_string(state.partition().verb) : "swap"));
        CHECK(job.stage == "registered");
        const State back = job::from_job(job);
        CHECK(job::to_job(back).state == job.state);
        CHECK(back.kind.index() == state.kind.index());
        CHECK(back.job == 7);
        CHECK(back.stage == Stage::registered);
        CHECK(back.table == state.table);
        CHECK(back.primary_key == state.primary_key);
        CHECK(back.unique_indexes == config::UniqueIndexes::leaf);
        CHECK(back.fingerprint == state.fingerprint);
        CHECK(back.measured.lock_held_us == 34000);
        CHECK(back.policy.value().start == "2024-01-01");
        CHECK(back.policy.value().file_choices.at("strategy") == "copy");
        CHECK(back.strategy() == state.strategy());
    }
}

TEST_CASE("a merge and a drain come back with all that they are told") {
    const State merge = job::from_job(job::to_job(each_kind()[4]));
    CHECK(merge.does(job::PartitionVerb::merge));
    CHECK(merge.partition().into == QualifiedName{"shop", "both"});
    CHECK(merge.partition().more == each_kind()[4].partition().more);
    CHECK(merge.sources().size() == 2);
    CHECK(merge.blocks_to_load() == 100);
    CHECK(merge.command() == "partition merge");
    const State drain = job::from_job(job::to_job(each_kind()[5]));
    CHECK(drain.does(job::PartitionVerb::drain));
    CHECK(drain.is_default());
    CHECK(drain.partition().limit == 12);
    CHECK_FALSE(drain.partition().keeps_old);
}

TEST_CASE("what a kind has comes back, what another kind has is empty and cannot be changed") {
    std::vector<State> states = each_kind();
    for (State& state : states)
        state = job::from_job(job::to_job(state));
    State& attach = states[0];
    CHECK(attach.boundary() == "2026-12-01 00:00:00+00");
    CHECK(attach.swap().unique_without_key.at(0).tail == "USING btree (code)");
    CHECK(attach.swap().dropped.at(0).comment == "why");
    CHECK(attach.swap().composite.at(0).next_block == 8);
    CHECK(attach.swap().matviews.at(0).query == "SELECT 1");
    CHECK(attach.load().must_compare);
    CHECK(attach.copy().shape.empty());
    CHECK_THROWS_AS(attach.edit_copy(), std::bad_variant_access);
    State& split = states[2];
    CHECK(split.root_table().name == "orders");
    CHECK(split.bound() == "FOR VALUES FROM (1) TO (9)");
    CHECK(split.load().blocks == 40);
    CHECK(split.partition().keeps_old);
    CHECK(split.command() == "partition split");
    CHECK(split.copy().outgoing.at(0).references.name == "customers");
    CHECK_FALSE(split.swap().has_registry);
    CHECK_THROWS_AS(split.edit_swap(), std::bad_variant_access);
    CHECK(states[3].strategy() == config::SwapStrategy::copy);
    CHECK(states[3].load().blocks == 0);
}

TEST_CASE("a swap of an empty table becomes what it was meant to be when rows come") {
    State state = each_kind()[3];
    state.become(state.strategy(), false);
    CHECK(state.is<CopyJob>());
    CHECK(state.swap().matviews.size() == 1);
    state.edit_copy().row_key = {"id"};
    state.become(config::SwapStrategy::copy, false);
    CHECK(state.copy().row_key.size() == 1);  // it is one already
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
    SUBCASE("of a kind to come") {
        job.state.replace(job.state.find("\"kind\":\"attach\""), 15, "\"kind\":\"fold\"");
    }
    SUBCASE("of a stage to come") {
        job.stage = "verified";
    }
    SUBCASE("of a newer format") {
        job.state.replace(job.state.find("\"format\":3"), 10, "\"format\":9");
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
