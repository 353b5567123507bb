#pragma once

#include "app/context.hpp"
#include "app/swap/cut_over_time.hpp"
#include "app/swap/policy.hpp"
#include "app/swap/result.hpp"

namespace tripmig::app {

/// Swaps the table, or goes on from wherever its swap stands, to its end or to the moment before the cut-over.
SwapResult run_swap(const Context& context, const SwapOptions& options, const CutOverTime& time);

/// The cut-over of a swap that is ready, and what follows it. Throws Error{refused} when none is.
SwapResult cut_over_swap(const Context& context, const SwapOptions& options);

}  // namespace tripmig::app
