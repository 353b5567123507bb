#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy.hpp"
#include "db/catalog/index_info.hpp"
#include "ddl/bounds.hpp"

namespace tripmig::ddl {

/// The keys that partitions can be made for: of times the years 1 to 9999, which every type, name and bound here can
/// write; of numbers all. PostgreSQL's own times reach from 4713 BC to 294276 and further for dates.
Bounds calendar(KeyType key);
/// A condition that is true for the keys within calendar(), never for NULL and infinities. `column`: quoted.
std::string in_calendar(KeyType key, const std::string& column);
/// The finite keys before it and after it. nullopt: the type has none.
std::optional<std::string> before_calendar(KeyType key, const std::string& column);
std::optional<std::string> after_calendar(KeyType key, const std::string& column);

/// Whether an index has the first and the last key at its ends, and NULLs as well: valid, not partial, a btree in the
/// type's own order, its first column the key.
bool is_ordered_by(const db::IndexInfo& index, std::string_view key);

/// Rows whose keys are in one partition of the grid.
struct PartitionRows {
    Bounds bounds;
    std::int64_t rows = 0;
    Bound first = Bound::minvalue();  ///< of their keys
    Bound last = Bound::maxvalue();

    friend bool operator==(const PartitionRows&, const PartitionRows&) = default;
};

/// An index is counted no further than this: more would be a scan.
constexpr std::int64_t most_counted = 100'000;
/// "1 row", "7 rows"; "at least 100000 rows" where counting ended.
std::string rows_text(std::int64_t rows);

/// So many rows at either end of a table may be outliers: 1 % of them, at least 10, at most 10,000. `rows`: all of the
/// table's; -1: unknown.
std::int64_t most_outliers(double rows);

/// The first of these partitions, or the last ones from the end on, until they have more than `few` rows.
std::vector<PartitionRows> partitions_at(KeyEnd end, const std::vector<PartitionRows>& all, std::int64_t few);

/// Finite keys that are outside of calendar().
struct OutsideKeys {
    std::int64_t rows = 0;
    std::string example;  ///< as the server prints it
};

/// Rows whose keys are in one year, in UTC.
struct YearRows {
    std::int64_t year = 0;  ///< as CivilDate counts: 0 is 1 BC
    std::int64_t rows = 0;
    bool is_estimate = false;
};

/// What the rows of a table say about its key.
struct KeyFacts {
    bool is_empty = true;
    std::optional<Bound> newest;  ///< of those within calendar()
    std::optional<Bound> oldest;
    bool has_infinity = false;
    bool has_minus_infinity = false;
    std::int64_t nulls = 0;
    OutsideKeys early;
    OutsideKeys late;
    /// By the policy's interval, in order, those that have rows. nullopt: nobody counted, since an index told the rest,
    /// or they are more than most_partitions.
    std::optional<std::vector<PartitionRows>> distribution;
    std::int64_t few = 0;                ///< so many rows may be outliers at either end: see most_outliers()
    std::vector<PartitionRows> lowest;   ///< partitions with rows, the first one first, until they have more than `few`
    std::vector<PartitionRows> highest;  ///< the same, the last one first
    std::vector<YearRows> years;         ///< of keys that are times, those with rows
};

/// What one chunk of a scan counts: a row for each place that a key can be in, and within the calendar for each part of
/// the grid (or finer: KeyScan puts them together). `source`: quoted, with ONLY where that is meant. Without an
/// interval the calendar is one part.
std::string key_scan_sql(KeyType key, const std::string& source, const std::string& column,
                         const std::optional<config::PartitionInterval>& interval, std::int64_t first_block,
                         std::int64_t past_block);

/// Puts the rows of key_scan_sql() together, chunk after chunk.
class KeyScan {
  public:
    /// More of them are no plan, and are not worth the memory.
    static constexpr std::size_t most_partitions = 100'000;

    KeyScan(KeyType key, std::optional<config::PartitionInterval> interval) : m_key(key), m_interval(interval) {}

    /// `place`, `first` and `last` as key_scan_sql() names them.
    void add(std::string_view place, std::int64_t rows, const std::optional<std::string>& first,
             const std::optional<std::string>& last);
    [[nodiscard]] KeyFacts facts() const;

  private:
    void add_within(std::int64_t rows, const std::string& first, const std::string& last);

    KeyType m_key;
    std::optional<config::PartitionInterval> m_interval;
    KeyFacts m_facts;
    std::map<Bound, PartitionRows> m_partitions;
    std::map<std::int64_t, std::int64_t> m_years;
};

}  // namespace tripmig::ddl
