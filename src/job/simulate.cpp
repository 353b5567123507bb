#include "job/simulate.hpp"

#include <algorithm>

namespace tripmig::job {

using Build = Observation::Build;

namespace {

/// What was loaded is to be loaded again.
void reload(State& state, Observation& seen) {
    state.stage = Stage::capturing;
    state.edit_load().blocks = state.edit_load().filenode = 0;
    seen.must_reload = false;
}

bool simulate_preparation(Action action, Observation& seen) {
    switch (action) {
        case Action::add_null_check:
            seen.null_check = Build::invalid;
            return true;
        case Action::validate_null_check:
            seen.null_check = Build::valid;
            return true;
        case Action::set_not_null:
            seen.null_check = Build::missing;
            seen.key_is_nullable = false;
            return true;
        case Action::drop_broken_index:
            seen.index = Build::missing;
            return true;
        case Action::build_index:
            seen.index = Build::valid;
            return true;
        case Action::drop_broken_unique:
            if (seen.broken_unique.rfind(State::with_key_prefix, 0) == 0)
                seen.missing_unique.push_back(seen.broken_unique.substr(State::with_key_prefix.size()));
            seen.broken_unique.clear();
            return true;
        case Action::build_unique:
            seen.missing_unique.erase(seen.missing_unique.begin());
            return true;
        default:
            return false;
    }
}

bool simulate_composite(Action action, State& state, Observation& seen) {
    switch (action) {
        case Action::begin_composite:
            seen.composite_key = Build::invalid;
            state.edit_swap().composite.at(seen.composite).next_block = 0;
            return true;
        case Action::fill_composite:
            state.edit_swap().composite.at(seen.composite).next_block = -1;
            return true;
        case Action::validate_composite:
            seen.composite = next_composite(state, seen.composite + 1);
            seen.composite_key = seen.composite < state.swap().composite.size() ? Build::missing : Build::valid;
            return true;
        default:
            return false;
    }
}

bool simulate_load(Action action, State& state, Observation& seen) {
    switch (action) {
        case Action::begin_copy:
            state.stage = Stage::staged;
            return true;
        case Action::begin_registry:
        case Action::capture_copy:
            state.stage = Stage::capturing;
            return true;
        case Action::reload_registry:
        case Action::reload_copy:
            reload(state, seen);
            return true;
        case Action::load_copy:
        case Action::load_registry:
            state.stage = Stage::loaded;
            return true;
        case Action::index_registry:
            state.stage = Stage::registered;
            return true;
        case Action::index_copy:
            state.stage = Stage::indexed;
            return true;
        case Action::record_triggers:
            seen.is_unrecorded = false;
            state.edit_load().must_compare = true;
            return true;
        case Action::renew_triggers:
            seen.altered.clear();
            seen.must_reload = true;
            return true;
        case Action::compare:
            state.edit_load().must_compare = false;
            return true;
        default:
            return false;
    }
}

void simulate_cut_over(Action action, State& state, Observation& seen) {
    switch (action) {
        case Action::note_ready:
        case Action::prepare_cut_over:
            state.stage = Stage::ready;
            return;
        case Action::drop_range_check:
            seen.range_check = Build::missing;
            state.stage = std::min(state.stage, Stage::ready);
            return;
        case Action::add_range_check:
            seen.range_check = Build::invalid;
            state.stage = Stage::range_checked;
            return;
        case Action::validate_range_check:
            seen.range_check = Build::valid;
            return;
        case Action::choose_boundary:
            seen.range_check = Build::missing;
            seen.is_late = seen.has_rows = seen.is_beyond_boundary = false;
            state.become(state.strategy(), false);
            state.stage = std::min(state.stage, Stage::ready);
            return;
        case Action::cut_over:
            state.stage = Stage::cut_over;
            return;
        case Action::follow_up:
            state.stage = state.is<PartitionJob>() ? Stage::finished : Stage::complete;
            return;
        case Action::put_back:
            state.stage = Stage::reverting;
            return;
        case Action::close_job:
            state.stage = state.stage == Stage::reverting  ? Stage::reverted
                          : state.stage == Stage::complete ? Stage::finished
                                                           : Stage::aborted;
            return;
        default:
            return;  // it leaves nothing but that it is done
    }
}

}  // namespace

std::size_t next_composite(const State& state, std::size_t first) {
    const std::vector<CompositePart>& parts = state.swap().composite;
    while (first < parts.size() && parts[first].column.empty())
        ++first;
    return first;
}

void simulate(Action action, State& state, Observation& seen) {
    if (!simulate_preparation(action, seen) && !simulate_composite(action, state, seen) &&
        !simulate_load(action, state, seen))
        simulate_cut_over(action, state, seen);
    seen.done.insert(action);
}

}  // namespace tripmig::job
