#include "job/next_step.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "job/simulate.hpp"
#include "job/step_guard.hpp"

using namespace tripmig::job;
using Build = Observation::Build;

namespace {

template <typename NextStep>
std::vector<Action> walk_by(const NextStep& next, State state, Observation seen) {
    std::vector<Action> actions;
    for (int steps = 0; steps < 30; ++steps) {
        const Action action = next(state, seen);
        if (action == Action::nothing)
            return actions;
        actions.push_back(action);
        simulate(action, state, seen);
    }
    FAIL("the job goes in circles");
    return actions;
}

/// Up to the complete swap; that a run then catches the old table up is a test of its own.
std::vector<Action> walk(State state, Observation seen, bool until_ready = false) {
    std::vector<Action> actions =
        walk_by([&](const State& now, const Observation& look) { return next_step(now, look, until_ready); },
                std::move(state), std::move(seen));
    if (!actions.empty() && actions.back() == Action::sync_old_table)
        actions.pop_back();
    return actions;
}

const std::vector<Action> ending{Action::add_range_check, Action::validate_range_check, Action::cut_over,
                                 Action::follow_up};

std::vector<Action> with_ending(std::vector<Action> actions) {
    actions.insert(actions.end(), ending.begin(), ending.end());
    return actions;
}

}  // namespace

TEST_CASE("the whole way, with everything that can be needed") {
    State state;
    state.edit_swap().has_registry = true;
    Observation seen;
    seen.key_is_nullable = true;
    seen.needs_index = true;
    CHECK(walk(state, seen) ==
          with_ending({Action::add_null_check, Action::validate_null_check, Action::set_not_null, Action::build_index,
                       Action::begin_registry, Action::load_registry, Action::index_registry, Action::note_ready}));
}

TEST_CASE("composite: each key in turn, behind the index that it needs, for both strategies") {
    State state;
    state.edit_swap().composite.resize(2);
    for (CompositePart& part : state.edit_swap().composite)
        part.column = "order_at";
    Observation seen;
    seen.needs_index = true;
    seen.composite_key = Build::missing;
    std::vector<Action> actions{Action::build_index};
    for (int key = 0; key < 2; ++key)
        actions.insert(actions.end(), {Action::begin_composite, Action::fill_composite, Action::validate_composite});
    std::vector<Action> attach = actions;
    attach.push_back(Action::note_ready);
    CHECK(walk(state, seen) == with_ending(attach));
    state.become(tripmig::config::SwapStrategy::copy, false);
    actions.insert(actions.end(), {Action::begin_copy, Action::capture_copy, Action::load_copy, Action::index_copy,
                                   Action::prepare_cut_over, Action::cut_over, Action::follow_up});
    CHECK(walk(state, seen) == actions);
    // Killed while it filled: it goes on there.
    seen.index = Build::valid;
    seen.composite_key = Build::invalid;
    state.edit_swap().composite.front().next_block = 8;
    CHECK(next_step(state, seen, false) == Action::fill_composite);
    state.edit_swap().composite.front().next_block = -1;
    CHECK(next_step(state, seen, false) == Action::validate_composite);
}

TEST_CASE("the shortest way: no registry, a primary key that has the partition key") {
    CHECK(walk({}, {}) == with_ending({Action::note_ready}));
}

TEST_CASE("an empty table is cut over at once") {
    State state;
    state.become(tripmig::config::SwapStrategy::attach, true);
    state.edit_swap().has_registry = true;
    Observation seen;
    seen.needs_index = true;
    seen.key_is_nullable = true;
    CHECK(walk(state, seen) == std::vector<Action>{Action::note_ready, Action::cut_over, Action::follow_up});
}

TEST_CASE("until ready: nothing of the cut-over is begun, and a bound that a killed run left goes") {
    CHECK(walk({}, {}, true) == std::vector<Action>{Action::note_ready});
    State state;
    state.stage = Stage::range_checked;
    Observation seen;
    seen.range_check = Build::valid;
    CHECK(walk(state, seen, true) == std::vector<Action>{Action::drop_range_check});
}

TEST_CASE("the remains of an interrupted index build are dropped first") {
    Observation seen;
    seen.needs_index = true;
    seen.index = Build::invalid;
    CHECK(walk({}, seen) == with_ending({Action::drop_broken_index, Action::build_index, Action::note_ready}));
}

TEST_CASE("a killed run is gone on with where it stood") {
    State state;
    state.edit_swap().has_registry = true;
    state.stage = Stage::loaded;
    Observation seen;
    SUBCASE("the registry is loaded") {
        CHECK(walk(state, seen) == with_ending({Action::index_registry, Action::note_ready}));
    }
    SUBCASE("the bound stands, not validated") {
        state.stage = Stage::range_checked;
        seen.range_check = Build::invalid;
        CHECK(walk(state, seen) ==
              std::vector<Action>{Action::validate_range_check, Action::cut_over, Action::follow_up});
    }
    SUBCASE("the CHECK for NOT NULL is validated, the column not yet set") {
        seen.key_is_nullable = true;
        seen.null_check = Build::valid;
        CHECK(walk(state, seen).front() == Action::set_not_null);
    }
    SUBCASE("cut over") {
        state.stage = Stage::cut_over;
        CHECK(walk(state, seen) == std::vector<Action>{Action::follow_up});
    }
    SUBCASE("complete") {
        state.stage = Stage::complete;
        CHECK(walk(state, seen).empty());
    }
}

TEST_CASE("a table that was truncated or rewritten is loaded again, however far the job was") {
    State state;
    state.edit_swap().has_registry = true;
    Observation seen;
    seen.must_reload = true;
    for (const Stage stage : {Stage::capturing, Stage::loaded, Stage::registered, Stage::ready}) {
        state.stage = stage;
        CHECK(walk(state, seen) == with_ending({Action::reload_registry, Action::load_registry, Action::index_registry,
                                                Action::note_ready}));
    }
}

TEST_CASE("altered triggers are made again, and everything is loaded again; no key is refused meanwhile") {
    State state;
    state.edit_swap().has_registry = true;
    state.stage = Stage::range_checked;
    Observation seen;
    seen.range_check = Build::valid;
    seen.altered = {"trigger t is disabled"};
    const std::vector<Action> again{Action::renew_triggers, Action::reload_registry, Action::load_registry,
                                    Action::index_registry, Action::note_ready};
    std::vector<Action> attach{Action::drop_range_check};
    attach.insert(attach.end(), again.begin(), again.end());
    CHECK(walk(state, seen) == with_ending(attach));
    state.become(tripmig::config::SwapStrategy::copy, false);
    state.stage = Stage::ready;
    seen.range_check = Build::missing;
    CHECK(walk(state, seen) == std::vector<Action>{Action::renew_triggers, Action::reload_copy, Action::load_copy,
                                                   Action::index_copy, Action::prepare_cut_over, Action::cut_over,
                                                   Action::follow_up});
}

TEST_CASE("a bound that a killed run left while the registry is loaded goes, and the load is not skipped") {
    State state;
    state.edit_swap().has_registry = true;
    state.stage = Stage::capturing;
    Observation seen;
    seen.range_check = Build::valid;
    CHECK(walk(state, seen) ==
          with_ending({Action::drop_range_check, Action::load_registry, Action::index_registry, Action::note_ready}));
}

TEST_CASE("no cut-over before a comparison finds no difference, of an older version's job too") {
    for (const auto strategy : {tripmig::config::SwapStrategy::attach, tripmig::config::SwapStrategy::copy}) {
        State state;
        state.edit_swap().has_registry = true;
        state.become(strategy, false);
        state.stage = Stage::ready;
        state.edit_load().must_compare = true;
        CHECK(next_step(state, {}, false) == Action::compare);
        CHECK(next_step(state, {}, true) == Action::compare);
        state.edit_load().must_compare = false;
        Observation seen;
        seen.is_unrecorded = true;
        CHECK(walk(state, seen, true) == std::vector<Action>{Action::record_triggers, Action::compare});
    }
}

TEST_CASE("a step that comes again with nothing changed is an error; so are triggers that are altered all the time") {
    State state;
    Observation seen;
    StepGuard guard;
    guard.require_progress(state, seen, "load");
    state.edit_load().blocks = 7;
    guard.require_progress(state, seen, "load");
    seen.is_late = true;
    guard.require_progress(state, seen, "load");
    CHECK_THROWS_AS(guard.require_progress(state, seen, "load"), tripmig::Error);
    StepGuard other;
    for (int times = 0; times < 3; ++times) {
        other.require_progress(state, seen, to_string(Action::renew_triggers));
        other.require_progress(state, seen, to_string(Action::reload_copy));
    }
    CHECK_THROWS_AS(other.require_progress(state, seen, to_string(Action::renew_triggers)), tripmig::Error);
}

TEST_CASE("a bound whose cut has come too near is taken off") {
    State state;
    state.stage = Stage::range_checked;
    Observation seen;
    seen.range_check = Build::valid;
    seen.is_late = true;
    CHECK(next_step(state, seen, false) == Action::drop_range_check);
}

TEST_CASE("a boundary that has come too near, or that rows lie beyond, is chosen again, and the check with it") {
    State state;
    state.stage = Stage::ready;
    Observation seen;
    seen.is_late = true;
    CHECK(walk(state, seen).front() == Action::choose_boundary);
    state.stage = Stage::range_checked;
    seen.is_late = false;
    seen.range_check = Build::invalid;
    seen.is_beyond_boundary = true;
    std::vector<Action> expected{Action::choose_boundary};
    expected.insert(expected.end(), ending.begin(), ending.end());
    CHECK(walk(state, seen) == expected);
}

TEST_CASE("rows in a table that was empty: the past is chosen again") {
    State state;
    state.become(tripmig::config::SwapStrategy::attach, true);
    Observation seen;
    seen.has_rows = true;
    CHECK(walk(state, seen).front() == Action::choose_boundary);
    state.stage = Stage::cut_over;
    CHECK(walk(state, seen).front() == Action::follow_up);
}

TEST_CASE("a run of a complete swap catches the old table up, once") {
    State state;
    state.stage = Stage::complete;
    Observation seen;
    CHECK(next_step(state, seen, false) == Action::sync_old_table);
    seen.done.insert(Action::sync_old_table);
    CHECK(next_step(state, seen, false) == Action::nothing);
}

TEST_CASE("a revert, begun and resumed") {
    State state;
    state.stage = Stage::complete;
    const std::vector<Action> attach{Action::drop_staged_matviews, Action::put_back, Action::restore_matviews,
                                     Action::validate_restored, Action::close_job};
    CHECK(walk_by(next_revert_step, state, {}) == attach);
    state.become(tripmig::config::SwapStrategy::copy, false);
    const std::vector<Action> copy{Action::drop_staged_matviews, Action::put_back,          Action::restore_matviews,
                                   Action::drop_parked,          Action::validate_restored, Action::close_job};
    CHECK(walk_by(next_revert_step, state, {}) == copy);
    state.stage = Stage::reverting;
    CHECK(walk_by(next_revert_step, state, {}) == std::vector<Action>(copy.begin() + 2, copy.end()));
}

TEST_CASE("finish looks at the foreign keys once more; abort frees space first on a full disk, and once") {
    State state;
    state.stage = Stage::complete;
    CHECK(walk_by(next_finish_step, state, {}) == std::vector<Action>{Action::validate_keys, Action::close_job});
    state.stage = Stage::capturing;
    CHECK(walk_by(next_abort_step, state, {}) == std::vector<Action>{Action::undo_preparation, Action::close_job});
    Observation full;
    full.is_disk_full = true;
    CHECK(next_abort_step(state, full) == Action::free_space);
    full.done = {Action::free_space};
    CHECK(next_abort_step(state, full) == Action::undo_preparation);
}

TEST_CASE("nothing is left to do after a revert, a finish or an abort") {
    for (const Stage stage : {Stage::reverting, Stage::finished, Stage::aborted, Stage::reverted}) {
        State state;
        state.stage = stage;
        CHECK(next_step(state, {}, false) == Action::nothing);
    }
}

TEST_CASE("copy: the whole way, and again from the load when the source was rewritten") {
    State state;
    state.become(tripmig::config::SwapStrategy::copy, false);
    state.edit_swap().has_registry = true;
    Observation seen;
    seen.key_is_nullable = true;
    seen.needs_index = true;  // the new table's is built with its leaves
    CHECK(walk(state, seen) == std::vector<Action>{Action::add_null_check, Action::validate_null_check,
                                                   Action::set_not_null, Action::begin_copy, Action::capture_copy,
                                                   Action::load_copy, Action::index_copy, Action::prepare_cut_over,
                                                   Action::cut_over, Action::follow_up});
    state.stage = Stage::ready;
    seen = {};
    CHECK(walk(state, seen, true).empty());
    seen.must_reload = true;
    CHECK(walk(state, seen) == std::vector<Action>{Action::reload_copy, Action::load_copy, Action::index_copy,
                                                   Action::prepare_cut_over, Action::cut_over, Action::follow_up});
}

TEST_CASE("unique indexes get the key before anything follows the table, broken ones anew") {
    State state;
    Observation seen;
    seen.needs_index = true;
    seen.broken_unique = "tripmig_wide_orders_code";
    CHECK(walk(state, seen) ==
          with_ending({Action::drop_broken_unique, Action::build_index, Action::build_unique, Action::note_ready}));
    state.stage = Stage::complete;
    CHECK(walk(state, seen).empty());
}
