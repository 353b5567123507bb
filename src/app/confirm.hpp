#pragma once

#include <functional>
#include <string>

namespace tripmig::app {

/// Asked before what cannot be undone by hand. `what` says what would happen, without a full stop. Returns when
/// somebody agrees; throws Error{refused} otherwise.
using Confirm = std::function<void(const std::string& what)>;

}  // namespace tripmig::app
