#pragma once

#include "app/context.hpp"
#include "base/qualified_name.hpp"
#include "job/verify/verify.hpp"

namespace tripmig::app {

struct SwapVerification {
    QualifiedName table;
    job::Verification found;
};

/// Compares the two tables of an open job, and a registry with its table: that outlives the job that made it.
SwapVerification verify_swap(const Context& context, const QualifiedName& table);

}  // namespace tripmig::app
