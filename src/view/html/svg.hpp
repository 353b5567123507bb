#pragma once

#include <string>
#include <string_view>

#include "view/html/markup.hpp"

namespace tripmig::view::html {

/// A picture of rectangles in units of its own, stretched to the width of where it stands. Colours come from the page's
/// style sheet, by class: so they suit light and dark.
class Svg {
  public:
    /// `label`: what the picture shows, for who can't see it.
    Svg(double width, double height, std::string label);

    /// `title`: shown beside the pointer; empty: none.
    void rectangle(double x, double y, double width, double height, std::string_view style,
                   std::string_view title = {});
    void horizontal_line(double y, std::string_view style);

    [[nodiscard]] Markup markup(std::string_view style) const;

  private:
    double m_width;
    double m_height;
    std::string m_label;
    Markup m_shapes;
};

}  // namespace tripmig::view::html
