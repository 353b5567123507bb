#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backfill/keys.hpp"
#include "backfill/throttle.hpp"
#include "backfill/workers.hpp"
#include "base/event.hpp"
#include "base/qualified_name.hpp"
#include "base/stop_signal.hpp"
#include "db/catalog/table_info.hpp"
#include "db/session.hpp"

namespace tripmig::backfill {

/// One leaf of the partitioned side, and the keys that belong to it, as SQL literals.
struct ComparedLeaf {
    QualifiedName name;
    std::string lower;  ///< of the partition key; empty: no beginning
    std::string upper;  ///< empty: no end
};

/// A table, or one of several, whose rows the other side has.
struct ComparedTable {
    QualifiedName name;
    std::int64_t blocks = 0;
};

/// So many blocks of one of them.
struct ComparedBlocks {
    QualifiedName table;
    std::int64_t first = 0;
    std::int64_t past = 0;
};

/// A plain table and a partitioned one that must have the same rows. The invariant: in every snapshot each key that is
/// not in the log has exactly one row on both sides, and those are equal.
struct Comparison {
    QualifiedName plain;
    std::int64_t blocks = 0;           ///< of the plain table
    std::vector<ComparedTable> more;   ///< plain tables whose rows are on the other side as well
    std::vector<ComparedLeaf> leaves;  ///< in order of their bounds
    std::string partition_key;
    std::string partition_key_type;
    RowKey key;
    std::string row_hash;       ///< over a row `r`: see row_hash()
    QualifiedName log;          ///< its keys are left out; without a name: there is none
    bool is_log_empty = false;  ///< in the snapshot compared: verify() finds out; nothing is left out then
};

/// A 64-bit hash of these columns of a row `r`, as an expression: of the value where equal values have one form, else
/// of its text, byte for byte (numeric scale, json, citext, float zero, ...). Each column's hash seeds the next one's,
/// so that values in each other's place don't cancel out.
std::string row_hash(const db::TableInfo& table, const std::vector<std::string>& columns);

/// What differs in one leaf.
struct Difference {
    QualifiedName leaf;
    std::int64_t plain_rows = 0;
    std::int64_t leaf_rows = 0;
    std::vector<std::string> keys;  ///< some of those that differ, as text; of a table without a key, rows
};

/// Counts and hashes both sides in one snapshot, shared by the workers, with no lock but ACCESS SHARE; then looks for
/// the keys where a leaf differs.
std::vector<Difference> verify(Comparison comparison, db::Session& session, Workers& workers, Throttle& throttle,
                               const StopSignal& stop, Reporter& reporter);

// The statements, for tests.
std::string plain_digest_sql(const Comparison& comparison, const ComparedBlocks& blocks);
/// The same, leaf by leaf: which one differs. Bucket 0: keys below the first leaf.
std::string plain_buckets_sql(const Comparison& comparison, const ComparedBlocks& blocks);
std::string leaf_digest_sql(const Comparison& comparison, const ComparedLeaf& leaf);
std::string differing_keys_sql(const Comparison& comparison, const ComparedLeaf& leaf);

}  // namespace tripmig::backfill
