#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "backfill/throttle.hpp"
#include "backfill/transfer.hpp"
#include "backfill/workers.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "base/step.hpp"
#include "config/config.hpp"
#include "db/session.hpp"

namespace tripmig::backfill {

/// Blocks [first, past) of a table.
struct BlockRange {
    std::int64_t first = 0;
    std::int64_t past = 0;

    friend bool operator==(const BlockRange&, const BlockRange&) = default;
};

/// What of `blocks` blocks is not in `done`, whose ranges come in order and do not overlap.
std::vector<BlockRange> remaining(const std::vector<BlockRange>& done, std::int64_t blocks);

/// What is loaded already, in order.
std::vector<BlockRange> loaded_ranges(db::Session& session, const Transfer& transfer);

/// One row: blocks loaded, the server's block size, and blocks a second over the last minute in which any were loaded
/// (NULL: not known yet).
std::string load_progress_sql(const QualifiedName& chunks);

/// The rows that stand in these blocks of the source now, by a TID range scan: sequential whatever the key is.
Step load_blocks(const Projection& projection, BlockRange range);

/// True while the source's rows are where they were when the load began. VACUUM FULL, CLUSTER and TRUNCATE move them.
Step same_file(const QualifiedName& source, std::int64_t filenode);

/// The source's rows were moved while they were copied: load again.
class TableRewritten : public Error {
  public:
    explicit TableRewritten(const Error& error) : Error(error) {}
};

/// Deletes from `target` what the log names by now. What is left was not touched since capture began, lived in one
/// block, and so was copied exactly once. At any time before the first catch-up it may run again.
Step purge_touched(const Transfer& transfer, const QualifiedName& target);

/// After a load, while no writer waits for it: the rows are frozen and visible to all, or autovacuum would come to what
/// was loaded as soon as it is in use, and once more for its age (manual 25.1.5). `is_analyzed`: plans for a full
/// table too. It rests about `rest_percent` of the time that it works, by the server's own means (manual 20.4.4).
Unit vacuum_loaded(const QualifiedName& target, bool is_analyzed, int rest_percent);

/// One source of a load, as it was when capture began: what came later is in the log.
struct LoadedTable {
    QualifiedName name;
    std::int64_t blocks = 0;
    std::int64_t filenode = 0;
};

/// What a load needs beside its transfer.
struct LoadJob {
    std::vector<LoadedTable> tables;  ///< their blocks are counted on from one table to the next
    std::chrono::milliseconds chunk_target{500};
    /// Makes a place for a row that found none (23514), and says whether there was one to make. Called by one worker at
    /// a time.
    std::function<bool()> make_place;
};

/// Loads what is left, a chunk a transaction; each worker's chunks size themselves to `chunk_target`. Throws
/// TableRewritten.
void load(const Transfer& transfer, const LoadJob& job, db::Session& session, Workers& workers, Throttle& throttle,
          const StopSignal& stop, Reporter& reporter);

}  // namespace tripmig::backfill
