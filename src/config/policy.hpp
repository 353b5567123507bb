#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/civil.hpp"
#include "base/qualified_name.hpp"

namespace tripmig::config {

/// The width of a leaf: calendar time for date, timestamp and timestamptz keys, a number for bigint keys.
using PartitionInterval = std::variant<CalendarInterval, std::int64_t>;

struct RetentionPolicy {
    CalendarInterval keep;
    enum class Action { detach, drop, archive } action = Action::detach;
    CalendarInterval grace{0, 7, 0};
    bool cascade = false;
    bool idle = false;  ///< the table may get no rows for long: `now` far beyond the newest row is believed
};

enum class IncomingForeignKeys { refuse, registry, composite, drop };
enum class UniqueIndexes { refuse, key, leaf };
enum class SwapStrategy { attach, copy };

struct SwapPolicy {
    SwapStrategy strategy = SwapStrategy::attach;
    IncomingForeignKeys incoming_foreign_keys = IncomingForeignKeys::refuse;
    UniqueIndexes unique_indexes = UniqueIndexes::refuse;  ///< those that lack the partition key
    bool unique_ids = false;
    bool names_strategy = false;  ///< the strategy is not merely the default
    /// What the file says of a swap, by key, before flags win over it.
    std::map<std::string, std::string> file_choices;
    /// Of --drop-foreign-keys: keys that `drop` gives up, named by whoever runs it. Never in a file.
    std::vector<std::string> dropped_keys;
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
    std::optional<RetentionPolicy> retention;
    enum class Default { none, watch } default_partition = Default::none;
    SwapPolicy swap;
    std::optional<int> max_create;  ///< wins over [partitions]
    std::optional<int> max_drop;
};

/// One policy file. Throws Error{usage} with file:line:column and what to write instead.
PartitionPolicy load_policy(const std::filesystem::path& file);

/// All *.toml of the directory in the order of their names. Throws Error{usage} when the directory is missing, or two
/// files name one table.
std::vector<PartitionPolicy> load_policies(const std::filesystem::path& directory);

/// The width of a leaf as a flag gives it: "1 month", "7 days", "1000000". Throws Error{usage}.
PartitionInterval parse_partition_interval(std::string_view text);

/// "public.orders" or "orders" (schema public) or "\"Odd.Name\"": as a person types it, folded as PostgreSQL folds it
/// (manual 4.1.1).
QualifiedName parse_table_name(std::string_view text);

}  // namespace tripmig::config
