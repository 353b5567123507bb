#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backfill/throttle.hpp"
#include "base/event.hpp"
#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"
#include "db/session.hpp"
#include "ddl/key_scan.hpp"

namespace tripmig::job {

/// Reads what a table's rows say about its key: by an index that begins with it where there is one, else in one pass
/// over the table, in chunks of blocks through the throttle. By one process of the server, whatever it may use.
///
/// A pass of chunks is no snapshot: a row that is written meanwhile, or moves to a block that was read before, is seen
/// or is not. So nothing relies on it alone. A key beyond attach's cut fails the VALIDATE of its bound's CHECK, and
/// another cut is chosen; a key that copy has no partition for gets one when it is loaded or caught up; a NULL fails
/// SET NOT NULL's CHECK, or has no partition; a table that was empty is asked again before each step.
class KeyReader {
  public:
    /// The references must outlive it.
    KeyReader(db::Session& session, backfill::Throttle& throttle, std::chrono::milliseconds chunk_target,
              Reporter& reporter)
        : m_session(session), m_throttle(throttle), m_chunk_target(chunk_target), m_reporter(reporter) {}

    /// All of it; with an interval what lies at both ends as well, and the distribution when there is no index.
    ddl::KeyFacts read(const db::TableInfo& table, const db::ColumnInfo& column,
                       const std::optional<config::PartitionInterval>& interval);
    /// By an index on a key that is a time, a hundred thousand rows of each year at most; beyond that the planner's
    /// estimate. Empty without such an index: read() has counted them then.
    std::vector<ddl::YearRows> rows_per_year(const db::TableInfo& table, const db::ColumnInfo& column);
    /// The newest key within the calendar.
    std::optional<ddl::Bound> newest(const db::TableInfo& table, const db::ColumnInfo& column);

  private:
    ddl::KeyFacts by_index(const db::TableInfo& table, const db::ColumnInfo& column, ddl::KeyType type,
                           const std::optional<config::PartitionInterval>& interval);
    ddl::KeyFacts by_scan(const db::TableInfo& table, const db::ColumnInfo& column, ddl::KeyType type,
                          const std::optional<config::PartitionInterval>& interval);
    void in_index_order(const std::function<void(db::Work&)>& function);
    void in_one_process(const std::function<void(db::Work&)>& function);

    db::Session& m_session;
    backfill::Throttle& m_throttle;
    std::chrono::milliseconds m_chunk_target;
    Reporter& m_reporter;
};

/// An index that tells both ends of the column's keys.
bool has_key_index(const db::TableInfo& table, const std::string& key);

}  // namespace tripmig::job
