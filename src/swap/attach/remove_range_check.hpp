#pragma once

#include "job/session.hpp"

namespace tripmig::swap {

/// After a failure: takes the bounding CHECK off, whatever else is wrong. Never throws.
void remove_range_check_quietly(job::Session& server, const QualifiedName& table) noexcept;

}  // namespace tripmig::swap
