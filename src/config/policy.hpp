#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "base/qualified_name.hpp"

namespace tripmig::config {

/// The width of a leaf: calendar time for date, timestamp and timestamptz keys, a number for bigint keys.
using PartitionInterval = std::variant<CalendarInterval, std::int64_t>;

/// How a time is written in a key that is no date and no timestamp.
struct KeyEncoding {
    enum class Unit { none, s, ms, us, ns, v7, ulid, snowflake } unit = Unit::none;
    std::optional<Instant> epoch;  ///< of snowflake: where its milliseconds begin

    /// As the policy says it: "ms".
    [[nodiscard]] std::string_view name() const;
};

/// What any of the three keeps stays.
struct RetentionPolicy {
    std::optional<PartitionInterval> keep;   ///< a number: measured from the newest row
    std::optional<int> keep_partitions;      ///< the newest so many, besides future ones
    std::optional<std::int64_t> keep_bytes;  ///< the newest that are no larger together
    std::string only_if;                     ///< a SELECT of one boolean about {partition}; empty: none
    enum class Action { detach, drop, archive } action = Action::detach;
    CalendarInterval grace{0, 7, 0};  ///< of drop and archive: between detach and drop
    bool cascade = false;
    bool idle = false;  ///< the table may get no rows for long: `now` far beyond the newest row is believed
};

/// Where archived partitions go.
struct ArchivePolicy {
    std::filesystem::path dir;  ///< empty: nowhere
    std::string command;        ///< run once a file is verified, with {file}; empty: none
};

enum class IncomingForeignKeys { refuse, registry, composite, drop };
enum class UniqueIndexes { refuse, key, leaf };
enum class SwapStrategy { attach, copy };
/// Where a copy puts rows whose keys lie far from the others: into partitions of the policy's width like any other,
/// into DEFAULT, or into one wide partition before the others (and one up to MAXVALUE).
enum class Outliers { own, default_partition, first };

struct SwapPolicy {
    SwapStrategy strategy = SwapStrategy::attach;
    IncomingForeignKeys incoming_foreign_keys = IncomingForeignKeys::refuse;
    UniqueIndexes unique_indexes = UniqueIndexes::refuse;  ///< those that lack the partition key
    bool unique_ids = false;
    Outliers outliers = Outliers::own;
    bool names_strategy = false;  ///< the strategy is not merely the default
    /// What the file says of a swap, by key, before flags win over it.
    std::map<std::string, std::string> file_choices;
    /// Of --drop-foreign-keys: keys that `drop` gives up, named by whoever runs it. Never in a file.
    std::vector<std::string> dropped_keys;
    std::optional<int> max_create;  ///< of --max-create: wins over the file's. Never in a file.
};

/// One file in partitions/: how one table is, or is to be, partitioned.
struct PartitionPolicy {
    std::filesystem::path file;  ///< empty: made of flags
    QualifiedName table;
    std::string key;
    PartitionInterval interval = CalendarInterval{1, 0, 0};
    int premake = 3;
    std::optional<std::string> start;            ///< the first leaf that an empty table gets, in the key's own type
    std::string name = "{table}_{start:%Y_%m}";  ///< pattern of leaf names
    std::string time_zone;                       ///< where days and months begin; empty: UTC
    int week_start = 1;                          ///< ISO 8601: 1 is Monday
    KeyEncoding key_encoding;
    std::optional<QualifiedName> template_table;  ///< whose settings new partitions get; nullopt: the newest sibling's
    enum class Analyze { never, after_data, nightly } analyze = Analyze::after_data;
    std::optional<RetentionPolicy> retention;
    ArchivePolicy archive;
    enum class Default { none, watch, drain } default_partition = Default::none;
    SwapPolicy swap;
    std::optional<int> max_create;  ///< wins over [partitions]
    std::optional<int> max_drop;
};

/// One policy file. Throws Error{usage} with file:line:column and what to write instead.
PartitionPolicy load_policy(const std::filesystem::path& file);

/// One file of the directory: its policy, or what is wrong with it.
struct PolicyFile {
    std::filesystem::path file;
    std::optional<PartitionPolicy> policy;
    std::optional<Error> error;
};

/// All *.toml of the directory in the order of their names. A file that is about the table of one before it has an
/// error. Throws Error{usage} when the directory is missing.
std::vector<PolicyFile> read_policy_files(const std::filesystem::path& directory);

/// All *.toml of the directory in the order of their names. Throws Error{usage} when the directory is missing, or two
/// files name one table.
std::vector<PartitionPolicy> load_policies(const std::filesystem::path& directory);

/// The width of a leaf as a flag gives it: "1 month", "7 days", "1000000". Throws Error{usage}.
PartitionInterval parse_partition_interval(std::string_view text);

/// "public.orders" or "orders" (schema public) or "\"Odd.Name\"": as a person types it, folded as PostgreSQL folds it
/// (manual 4.1.1).
QualifiedName parse_table_name(std::string_view text);

}  // namespace tripmig::config
