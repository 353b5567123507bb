#pragma once

#include <string_view>

namespace tripmig::view::html {

/// The page's style sheet: light and dark, phone and desk, print.
std::string_view style_sheet();

}  // namespace tripmig::view::html
