#pragma once

#include "app/context.hpp"
#include "app/swap/cut_over_time.hpp"
#include "app/swap/policy.hpp"
#include "app/swap/result.hpp"

namespace tripmig::app {

struct SplitResult {
    SwapResult job;
    bool was_split_before = false;  ///< there was nothing to do
};

/// Copies one leaf into smaller ones and puts those in its place, or goes on from wherever that stands.
/// `options.table`: the leaf.
SplitResult split_partition(const Context& context, const SwapOptions& options, const CutOverTime& time);

}  // namespace tripmig::app
