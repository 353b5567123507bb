#pragma once

#include "base/json_text.hpp"

namespace tripmig::view {

using tripmig::json_text;

}  // namespace tripmig::view
