#pragma once

#include <string_view>

namespace tripmig {

/// "0.1.0". Written into every state row, so that a newer state can refuse an older binary.
std::string_view version();

/// The git revision this binary was built from, "unknown" outside of a checkout.
std::string_view git_revision();

}  // namespace tripmig
