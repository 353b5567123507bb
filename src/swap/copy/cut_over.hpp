#pragma once

#include <vector>

#include "backfill/capture.hpp"
#include "base/step.hpp"
#include "config/config.hpp"
#include "job/context.hpp"
#include "swap/attach/units.hpp"

namespace tripmig::swap {

/// What copy's cut-over is made from beside the context.
struct CopyFacts {
    db::TableInfo staged;
    std::vector<QualifiedName> leaves;  ///< of the staged table
};

/// copy's cut-over as one transaction: the locks, the log's last entries, then names, foreign keys and all that comes
/// along. Nothing is scanned and nothing but a few rows moves. From its end on the log is of the new table: what comes
/// there can be taken back to the old one. Pure.
Unit copy_cut_over_unit(const job::WorkContext& context, const CopyFacts& facts, const config::SwapConfig& config);

}  // namespace tripmig::swap
