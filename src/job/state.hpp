#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"
#include "db/state/job_store.hpp"

namespace tripmig::job {

/// How far a swap is. Written in the same transaction as the effect that it names.
enum class Stage {
    begun,          ///< the job is there, and its plan
    staged,         ///< copy: the new table is there, empty, under another name
    capturing,      ///< what is loaded is there, the new table or the registry; changes of the table are captured
    loaded,         ///< every block is loaded
    registered,     ///< attach: the registry has its key and follows; without registry: this comes first
    indexed,        ///< copy: the new table has its indexes and follows
    ready,          ///< all that can be done beside the writers is done
    range_checked,  ///< the table refuses keys beyond the cut: the cut-over comes at once, or this goes again
    cut_over,       ///< the partitioned table is in place
    complete,       ///< what follows the cut-over is done as well; `finish` closes the job, `revert` goes back
    reverting,      ///< back in place, foreign keys not validated yet
    finished,
    aborted,
    reverted
};

std::string_view to_string(Stage stage);
std::string_view to_string(config::SwapStrategy strategy);

/// What the cut-over took.
struct Measured {
    int attempts = 0;
    std::int64_t lock_wait_us = 0;
    std::int64_t lock_held_us = 0;
    std::string at;  ///< UTC
};

/// A unique index or constraint that lacked the partition key, as it was before the cut-over that gave it the key, or
/// left it to each leaf.
struct UniqueWithoutKey {
    std::string name;
    std::string tail;
    bool is_constraint = false;
};

/// What becomes of one incoming key under the policy `composite`.
struct CompositePart {
    QualifiedName table;  ///< the referencing one
    std::string name;     ///< of the foreign key
    std::string column;   ///< of the referencing table, with the partition key; empty: the key has it already
    bool adds_column = true;
    static constexpr std::int64_t not_begun = -2;
    /// Of the referencing table, where filling the column goes on; -1: it is filled. Until it is begun, a column of
    /// that name is somebody else's.
    std::int64_t next_block = not_begun;
};

/// A materialized view that read the table before the cut-over, with its query as it was then.
struct DependentView {
    QualifiedName name;
    std::string query;
};

/// What a job was told that is in no other part of its state: later commands need no policy and no flags.
struct JobPolicy {
    std::string name;  ///< the pattern
    int premake = 3;
    std::optional<std::string> start;
    std::optional<int> max_create;
    bool unique_ids = false;
    std::vector<std::string> dropped_keys;            ///< of --drop-foreign-keys
    std::map<std::string, std::string> file_choices;  ///< what the policy file said of the swap, before flags
};

/// Everything that a later run, from any machine, needs to go on. A JSON document in the state schema.
struct State {
    static constexpr int current_format = 2;  ///< 2: unique_indexes may be leaf, which earlier versions take for key

    std::int64_t job = 0;  ///< 0: not stored yet
    QualifiedName table;
    QualifiedName parent;  ///< of a split: the table whose leaf this is; else empty
    std::string bound;     ///< of a split: the leaf's, FOR VALUES ...
    config::SwapStrategy strategy = config::SwapStrategy::attach;
    Stage stage = Stage::begun;
    std::string key;
    std::string key_type;
    std::string interval;
    std::string boundary;  ///< as the key's type spells it; empty: the table was empty and has no past
    bool was_empty = false;
    bool key_was_nullable = false;
    config::IncomingForeignKeys incoming = config::IncomingForeignKeys::refuse;
    bool has_registry = false;
    bool replaces_functions = false;       ///< a dropped table left functions of the registry's names
    std::string leaf;                      ///< the old table's name after the cut-over; empty: its own
    std::vector<std::string> primary_key;  ///< its columns before
    std::vector<std::string> row_key;      ///< copy: what told its rows apart
    config::UniqueIndexes unique_indexes = config::UniqueIndexes::refuse;
    std::vector<UniqueWithoutKey> unique_without_key;  ///< what the cut-over met of these
    std::vector<db::IncomingKey> dropped;              ///< incoming keys that the policy gives up or makes others of
    std::vector<CompositePart> composite;              ///< of these, by the policy composite
    std::vector<std::string> shape;                    ///< copy: what the new table was made like, a line a thing
    std::vector<std::string> fingerprint;      ///< what else it had when the job began; empty: an older version's job
    std::vector<db::ConstraintInfo> outgoing;  ///< copy: foreign keys that the old table had at the cut-over
    std::vector<DependentView> matviews;       ///< what is built anew after the cut-over, or after the way back
    std::int64_t blocks = 0;                   ///< of the table when its load began
    std::int64_t filenode = 0;
    bool must_compare =
        false;  ///< no cut-over before a comparison of what was loaded with the table finds no difference
    std::optional<JobPolicy> policy;  ///< nullopt: an older version's job
    Measured measured;

    [[nodiscard]] bool is_split() const noexcept { return !parent.name.empty(); }
    /// A split of a DEFAULT partition.
    [[nodiscard]] bool is_default() const noexcept { return is_split() && bound == "DEFAULT"; }
    /// The table that stands partitioned in the end.
    [[nodiscard]] const QualifiedName& root_table() const noexcept { return is_split() ? parent : table; }
    [[nodiscard]] bool is_copy() const noexcept { return strategy == config::SwapStrategy::copy; }
    /// Unique indexes without the key are each leaf's own.
    [[nodiscard]] bool is_unique_per_leaf() const noexcept { return unique_indexes == config::UniqueIndexes::leaf; }
    [[nodiscard]] bool is_cut_over() const noexcept { return stage >= Stage::cut_over && stage <= Stage::reverting; }

    // Names of what the job adds to the table for the time of the work.
    [[nodiscard]] std::string leaf_index() const;
    [[nodiscard]] std::string range_check() const;
    [[nodiscard]] std::string null_check() const;
    [[nodiscard]] std::string former_key_index() const;  ///< of `revert`
    /// By unique index without the key: the one with it, and of `revert` the one without it.
    [[nodiscard]] static std::string index_with_key(const std::string& name);
    [[nodiscard]] static std::string former_index(const std::string& name);
    static constexpr std::string_view with_key_prefix = "tripmig_wide_";
};

db::Job to_job(const State& state);
/// Throws Error{refused} when the job is of another kind or was written in a newer format.
State from_job(const db::Job& job);

/// Records the state in the transaction of the step's effect.
Step journal(const State& state, const std::string& state_schema);
Step journal(State state, Stage stage, const std::string& state_schema);

}  // namespace tripmig::job
