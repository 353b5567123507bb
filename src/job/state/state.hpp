#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/qualified_name.hpp"
#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"

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
/// nullopt: this version knows none of that name.
std::optional<Stage> stage_named(std::string_view name);
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
    config::Outliers outliers = config::Outliers::own;
    std::optional<int> told_max_create;  ///< by --max-create, which wins over the policy's in later runs as well
};

/// What every swap knows: the table is replaced by a partitioned one, with what refers to it.
struct SwapPart {
    bool key_was_nullable = false;
    config::IncomingForeignKeys incoming = config::IncomingForeignKeys::refuse;
    bool has_registry = false;
    bool replaces_functions = false;                   ///< a dropped table left functions of the registry's names
    std::vector<UniqueWithoutKey> unique_without_key;  ///< what the cut-over met of these
    std::vector<db::IncomingKey> dropped;              ///< incoming keys that the policy gives up or makes others of
    std::vector<CompositePart> composite;              ///< of these, by the policy composite
    std::vector<DependentView> matviews;               ///< what is built again after the cut-over, or after a revert
};

/// What every job knows that loads rows, into a registry or into a new table.
struct LoadPart {
    std::int64_t blocks = 0;    ///< of the table when its load began
    std::int64_t filenode = 0;  ///< 0: the load has not begun
    bool must_compare = false;  ///< no cut-over before a comparison of what was loaded with the table is equal
};

/// What every job knows that copies the table's rows into a new table.
struct CopyPart : LoadPart {
    std::vector<std::string> row_key;          ///< what tells its rows apart; empty: an older version's job
    std::vector<std::string> shape;            ///< what the new table was made like, a line a thing
    std::vector<db::ConstraintInfo> outgoing;  ///< foreign keys that the old table had at the cut-over
};

/// A swap of an empty table, which is replaced at once. When rows come before that, it becomes one of the next two.
struct EmptyJob : SwapPart {
    config::SwapStrategy strategy = config::SwapStrategy::attach;
};

/// A swap that keeps the table as the first partition.
struct AttachJob : SwapPart, LoadPart {
    std::string boundary;  ///< where that partition ends, as the key's type spells it
};

/// A swap that copies the table's rows into partitions.
struct CopyJob : SwapPart, CopyPart {};

/// What is done to partitions: one becomes narrower ones, neighbours become one, DEFAULT gives rows up.
enum class PartitionVerb { split, merge, drain };
std::string_view to_string(PartitionVerb verb);

/// A partition whose rows are copied, besides the first one.
struct SourcePartition {
    QualifiedName name;
    std::string bound;
    std::uint32_t oid = 0;
    std::int64_t blocks = 0;  ///< as LoadPart has them of the first one
    std::int64_t filenode = 0;

    friend bool operator==(const SourcePartition&, const SourcePartition&) = default;
};

/// Partitions of one table whose rows are copied into new ones, which take their place in the cut-over.
struct PartitionJob : CopyPart {
    QualifiedName parent;
    std::string bound;  ///< of the (first) partition: FOR VALUES ..., DEFAULT
    PartitionVerb verb = PartitionVerb::split;
    std::vector<SourcePartition> more =
        {};                         ///< merge: the partitions after the first one, in the order of their bounds
    QualifiedName into = {};        ///< merge: the partition that they become
    std::optional<int> limit = {};  ///< drain: at most so many new partitions
    bool keeps_old = true;          ///< the old partitions stay as tables; else they are dropped in the end
};

/// Everything that a later run, from any machine, needs to resume; stored as the JSON document of
/// state/json.hpp. Reading what another kind of job has answers its empty value; changing that is a defect and throws
/// std::bad_variant_access.
struct State {
    std::int64_t job = 0;  ///< 0: not stored yet
    QualifiedName table;
    Stage stage = Stage::begun;
    std::string key;
    std::string key_type;
    std::string interval;
    std::string old_name;                  ///< of the table after the cut-over; empty: it keeps its name
    std::vector<std::string> primary_key;  ///< its columns before
    config::UniqueIndexes unique_indexes = config::UniqueIndexes::refuse;
    std::vector<std::string> fingerprint;  ///< what the table had when the job began; empty: an older version's job
    std::optional<JobPolicy> policy;       ///< nullopt: an older version's job
    Measured measured;
    std::variant<AttachJob, CopyJob, PartitionJob, EmptyJob> kind;

    template <typename Kind>
    [[nodiscard]] bool is() const noexcept {
        return std::holds_alternative<Kind>(kind);
    }
    /// It copies the table's rows: a copy, or a job on partitions.
    [[nodiscard]] bool copies() const noexcept { return is<CopyJob>() || is<PartitionJob>(); }
    /// It follows the table's changes in a log: it copies, or keeps a registry.
    [[nodiscard]] bool captures() const { return copies() || (is<AttachJob>() && swap().has_registry); }
    /// Of an empty table: the strategy once rows come. A split copies.
    [[nodiscard]] config::SwapStrategy strategy() const noexcept;

    [[nodiscard]] const SwapPart& swap() const;
    [[nodiscard]] const LoadPart& load() const;
    [[nodiscard]] const CopyPart& copy() const;
    [[nodiscard]] const std::string& boundary() const;
    [[nodiscard]] const QualifiedName& parent() const;
    [[nodiscard]] const std::string& bound() const;
    SwapPart& edit_swap();
    LoadPart& edit_load();
    CopyPart& edit_copy();

    /// What a swap has decided, in the job that it becomes once it is known whether the table has rows.
    void become(config::SwapStrategy strategy, bool is_empty);

    /// Of a job on partitions; another's is empty.
    [[nodiscard]] const PartitionJob& partition() const;
    PartitionJob& edit_partition();
    [[nodiscard]] bool does(PartitionVerb verb) const { return is<PartitionJob>() && partition().verb == verb; }
    /// The tables whose rows are copied: a merge has several.
    [[nodiscard]] std::vector<QualifiedName> sources() const;
    /// "partition split", "swap run": what resumes it, without the table.
    [[nodiscard]] std::string command() const;

    /// Of all tables that are loaded, as of when the load began.
    [[nodiscard]] std::int64_t blocks_to_load() const;
    /// drain: the replacement DEFAULT's name until the cut-over.
    [[nodiscard]] QualifiedName rest_name() const;

    /// Of a swap: where outliers go, and whether it creates a DEFAULT partition for them.
    [[nodiscard]] config::Outliers outliers() const noexcept;
    [[nodiscard]] bool makes_default() const noexcept { return outliers() == config::Outliers::default_partition; }
    [[nodiscard]] QualifiedName default_name() const;
    /// The one partition before all others, of Outliers::first.
    [[nodiscard]] QualifiedName first_name() const;

    /// A split or drain of a DEFAULT partition.
    [[nodiscard]] bool is_default() const { return bound() == "DEFAULT"; }
    /// The table that is partitioned in the end.
    [[nodiscard]] const QualifiedName& root_table() const { return is<PartitionJob>() ? parent() : table; }
    /// Unique indexes without the key are each partition's own.
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

}  // namespace tripmig::job
