#pragma once

#include <cstdint>
#include <vector>

#include "backfill/transfer.hpp"
#include "base/step.hpp"

namespace tripmig::backfill {

/// Brings the targets up to everything that the log names, with the source locked against writers: a handful of keys,
/// under the locks of a cut-over. Empties the log; a mark of TRUNCATE stays.
std::vector<Step> last_catch_up(const Transfer& transfer);

/// One round while writers go on: takes at most `limit` entries out of the log, deletes their keys from the targets,
/// and inserts their rows as they are now, in one snapshot (REPEATABLE READ). A key may still be in the log afterwards,
/// of a later change: then its row comes once more.
Unit catch_up_round(const Transfer& transfer, std::int64_t limit);

/// One row, one number: how large the log's file is, in bytes.
std::string log_size_sql(const Transfer& transfer);

/// Takes the dead entries out of the log's file: each round scans it. Gives its empty end back only when `log_bytes` is
/// so large that scanning it takes longer than writers wait for that (ACCESS EXCLUSIVE, up to 20 ms; manual, VACUUM,
/// TRUNCATE).
Unit vacuum_log(const Transfer& transfer, std::int64_t log_bytes);

}  // namespace tripmig::backfill
