#include "job/next_step.hpp"

#include <array>
#include <optional>

namespace tripmig::job {

using Build = Observation::Build;

std::string_view to_string(Action action) {
    static constexpr std::array<std::string_view, 41> names{"check that no key is null",
                                                            "validate that no key is null",
                                                            "set the key not null",
                                                            "drop a broken index",
                                                            "build the unique index",
                                                            "drop a broken unique index",
                                                            "add the key to a unique index",
                                                            "add the column to a referencing table",
                                                            "fill the column of a referencing table",
                                                            "validate the column of a referencing table",
                                                            "begin the registry",
                                                            "load the registry again",
                                                            "load the registry",
                                                            "index the registry",
                                                            "begin the copy",
                                                            "capture changes",
                                                            "begin the copy again",
                                                            "load the copy",
                                                            "index the copy",
                                                            "record the triggers",
                                                            "recreate the triggers",
                                                            "compare",
                                                            "prepare the cut-over",
                                                            "ready",
                                                            "drop the range check",
                                                            "add the range check",
                                                            "validate the range check",
                                                            "cut over",
                                                            "follow up",
                                                            "choose another boundary",
                                                            "catch up the old table",
                                                            "drop what an interrupted revert left behind",
                                                            "put the old table back",
                                                            "restore materialized views",
                                                            "drop the new table",
                                                            "validate the restored foreign keys",
                                                            "validate foreign keys",
                                                            "undo the preparation",
                                                            "free disk space",
                                                            "close the job",
                                                            "nothing"};
    return names.at(static_cast<std::size_t>(action));
}

namespace {

std::optional<Action> not_null(const Observation& seen) {
    if (!seen.key_is_nullable && seen.null_check == Build::missing)
        return std::nullopt;
    switch (seen.null_check) {
        case Build::missing:
            return Action::add_null_check;
        case Build::invalid:
            return Action::validate_null_check;
        case Build::valid:
            return Action::set_not_null;
    }
    return std::nullopt;
}

std::optional<Action> unique_index(const Observation& seen) {
    if (!seen.broken_unique.empty())
        return Action::drop_broken_unique;
    if (!seen.needs_index || seen.index == Build::valid)
        return seen.missing_unique.empty() ? std::nullopt : std::optional(Action::build_unique);
    return seen.index == Build::invalid ? Action::drop_broken_index : Action::build_index;
}

std::optional<Action> composite(const State& state, const Observation& seen) {
    if (seen.composite_key == Build::valid)
        return std::nullopt;
    if (seen.composite_key == Build::missing)
        return Action::begin_composite;
    return state.swap().composite.at(seen.composite).next_block < 0 ? Action::validate_composite
                                                                    : Action::fill_composite;
}

/// What must hold before anything else is done with what was captured so far.
std::optional<Action> triggers(const Observation& seen) {
    if (!seen.altered.empty())
        return Action::renew_triggers;
    return seen.is_unrecorded ? std::optional(Action::record_triggers) : std::nullopt;
}

std::optional<Action> registry(const State& state, const Observation& seen) {
    if (!state.swap().has_registry)
        return std::nullopt;
    if (state.stage == Stage::begun)
        return Action::begin_registry;
    if (const auto action = triggers(seen))
        return action;
    if (seen.must_reload)
        return Action::reload_registry;
    if (state.stage == Stage::capturing)
        return Action::load_registry;
    if (state.stage == Stage::loaded)
        return Action::index_registry;
    const bool was_compared = state.stage >= Stage::ready;  // before that, "ready" compares
    return state.load().must_compare && was_compared ? std::optional(Action::compare) : std::nullopt;
}

Action copy_step(const State& state, const Observation& seen, bool until_ready) {
    if (state.stage == Stage::begun)
        return Action::begin_copy;
    if (state.stage == Stage::staged)
        return Action::capture_copy;
    if (const auto action = triggers(seen))
        return *action;
    if (seen.must_reload)
        return Action::reload_copy;
    switch (state.stage) {
        case Stage::capturing:
            return Action::load_copy;
        case Stage::loaded:
            return Action::index_copy;
        case Stage::indexed:
            return Action::prepare_cut_over;
        default:
            break;
    }
    if (state.load().must_compare)
        return Action::compare;
    return until_ready ? Action::nothing : Action::cut_over;
}

/// The past ends elsewhere: rows came into an empty table or beyond the boundary, or its time has come too near.
bool has_wrong_boundary(const State& state, const Observation& seen) {
    if (state.is<EmptyJob>())
        return seen.has_rows;
    return seen.is_beyond_boundary || (seen.is_late && seen.range_check == Build::missing);
}

Action towards_cut_over(const State& state, const Observation& seen, bool until_ready) {
    if (seen.range_check != Build::missing && (seen.is_late || until_ready))
        return Action::drop_range_check;
    if (state.stage < Stage::ready)
        return Action::note_ready;
    if (until_ready)
        return Action::nothing;
    if (state.is<EmptyJob>())
        return Action::cut_over;
    if (seen.range_check == Build::missing)
        return Action::add_range_check;
    return seen.range_check == Build::invalid ? Action::validate_range_check : Action::cut_over;
}

}  // namespace

Action next_step(const State& state, const Observation& seen, bool until_ready) {
    if (state.stage == Stage::cut_over)
        return Action::follow_up;
    if (state.stage == Stage::complete && !seen.done.contains(Action::sync_old_table))
        return Action::sync_old_table;
    if (state.stage > Stage::cut_over)
        return Action::nothing;
    if (has_wrong_boundary(state, seen))
        return Action::choose_boundary;
    if (state.is<EmptyJob>())
        return towards_cut_over(state, seen, until_ready);
    if (const auto action = not_null(seen))
        return *action;
    if (!state.copies() || seen.composite_key != Build::valid)
        if (const auto action = unique_index(seen))
            return *action;
    if (const auto action = composite(state, seen))
        return *action;
    if (state.copies())
        return copy_step(state, seen, until_ready);
    if (const auto action = registry(state, seen))  // which may take long: until then no key is to be refused
        return seen.range_check == Build::missing ? *action : Action::drop_range_check;
    return towards_cut_over(state, seen, until_ready);
}

Action next_revert_step(const State& state, const Observation& seen) {
    if (state.stage == Stage::reverted)
        return Action::nothing;
    if (state.stage != Stage::reverting)
        return seen.done.contains(Action::drop_staged_matviews) ? Action::put_back : Action::drop_staged_matviews;
    if (!seen.done.contains(Action::restore_matviews))
        return Action::restore_matviews;
    const bool is_parked = state.copies() || !state.swap().matviews.empty();
    if (is_parked && !seen.done.contains(Action::drop_parked))
        return Action::drop_parked;
    return seen.done.contains(Action::validate_restored) ? Action::close_job : Action::validate_restored;
}

Action next_finish_step(const State& state, const Observation& seen) {
    if (state.stage == Stage::finished)
        return Action::nothing;
    return seen.done.contains(Action::validate_keys) ? Action::close_job : Action::validate_keys;
}

Action next_abort_step(const State& state, const Observation& seen) {
    if (state.stage == Stage::aborted)
        return Action::nothing;
    if (seen.is_disk_full && !seen.done.contains(Action::free_space))
        return Action::free_space;
    return seen.done.contains(Action::undo_preparation) ? Action::close_job : Action::undo_preparation;
}

}  // namespace tripmig::job
