#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "job/state/state.hpp"

namespace tripmig::job {

/// One thing to do.
enum class Action {
    add_null_check,
    validate_null_check,
    set_not_null,
    drop_broken_index,
    build_index,
    drop_broken_unique,
    build_unique,
    begin_composite,
    fill_composite,
    validate_composite,
    begin_registry,
    reload_registry,
    load_registry,
    index_registry,
    begin_copy,
    capture_copy,
    reload_copy,
    load_copy,
    index_copy,
    record_triggers,   ///< what ours are is recorded for the job of an older version
    renew_triggers,    ///< somebody altered ours: they are made again, and everything is to be loaded again
    compare,           ///< what was loaded with the table: no cut-over before they are equal
    prepare_cut_over,  ///< copy: catches up and compares
    note_ready,
    drop_range_check,
    add_range_check,
    validate_range_check,
    cut_over,
    follow_up,        ///< what comes after the cut-over
    choose_boundary,  ///< attach: the one that was chosen is too near, or rows lie beyond it
    sync_old_table,   ///< of a complete swap that is run again: what came since, and keys that could not be validated
    drop_staged_matviews,
    put_back,  ///< revert: the old table is in its place again
    restore_matviews,
    drop_parked,
    validate_restored,
    validate_keys,  ///< finish: nobody tries again
    undo_preparation,
    free_space,  ///< abort, on a full disk
    close_job,
    nothing
};

/// What the catalog says about the things that no transaction can record.
struct Observation {
    enum class Build { missing, invalid, valid };

    bool key_is_nullable = false;
    bool needs_index = false;  ///< the primary key lacks the partition key
    Build index = Build::missing;
    std::string broken_unique;                ///< an index of ours that is invalid, or whose narrow one is gone
    std::vector<std::string> missing_unique;  ///< unique indexes without the key that have none with it yet
    Build null_check = Build::missing;        ///< invalid: NOT VALID
    Build range_check = Build::missing;
    Build composite_key = Build::valid;  ///< of the first incoming key of `composite` that is not done
    std::size_t composite = 0;           ///< which that is
    bool must_reload = false;            ///< the source was truncated or rewritten while it was loaded
    std::vector<std::string> altered;    ///< triggers or functions of ours that somebody altered, a sentence each
    bool is_unrecorded = false;          ///< what these were is not known: the job of an older version
    bool is_late = false;                ///< the cut is nearer than a cut-over may be tried
    bool has_rows = false;               ///< the table was empty when the job began
    bool is_beyond_boundary = false;     ///< rows beyond the cut made the last step fail
    bool is_disk_full = false;           ///< which made the last step fail
    std::set<Action> done;               ///< what this run has done

    friend bool operator==(const Observation&, const Observation&) = default;
};

std::string_view to_string(Action action);

/// Where the job goes from here. Pure: everything that a killed run may have left is in `state` or in `seen`.
/// `until_ready`: nothing of the cut-over is begun.
Action next_step(const State& state, const Observation& seen, bool until_ready);

// The same for the commands that end a job. Pure.
Action next_revert_step(const State& state, const Observation& seen);
Action next_finish_step(const State& state, const Observation& seen);
Action next_abort_step(const State& state, const Observation& seen);

}  // namespace tripmig::job
