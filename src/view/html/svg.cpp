#include "view/html/svg.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace tripmig::view::html {

namespace {

/// Two decimals at most, without zeros at the end.
std::string coordinate(double value) {
    return fmt::format("{:.6g}", std::round(value * 100) / 100);
}

}  // namespace

Svg::Svg(double width, double height, std::string label) : m_width(width), m_height(height), m_label(std::move(label)) {
}

void Svg::rectangle(double x, double y, double width, double height, std::string_view style, std::string_view title) {
    m_shapes += element("rect",
                        {{"x", coordinate(x)},
                         {"y", coordinate(y)},
                         {"width", coordinate(width)},
                         {"height", coordinate(height)},
                         {"class", std::string(style)}},
                        title.empty() ? Markup() : element("title", title));
}

void Svg::horizontal_line(double y, std::string_view style) {
    m_shapes += empty_element("line", {{"x1", "0"},
                                       {"y1", coordinate(y)},
                                       {"x2", coordinate(m_width)},
                                       {"y2", coordinate(y)},
                                       {"class", std::string(style)}});
}

Markup Svg::markup(std::string_view style) const {
    return element("svg",
                   {{"xmlns", "http://www.w3.org/2000/svg"},
                    {"viewBox", fmt::format("0 0 {} {}", coordinate(m_width), coordinate(m_height))},
                    {"preserveAspectRatio", "none"},
                    {"class", std::string(style)},
                    {"role", "img"},
                    {"aria-label", m_label}},
                   m_shapes);
}

}  // namespace tripmig::view::html
