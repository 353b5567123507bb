#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tripmig::view::html {

/// A piece of a page, well-formed. Text comes in only by text() and by attributes' values, which are escaped: names in
/// a database are anybody's.
class Markup {
  public:
    Markup() = default;

    /// Plain text. Bytes that are not UTF-8 and control characters become U+FFFD.
    static Markup text(std::string_view plain);
    /// HTML of our own, as it is: literals only.
    static Markup literal(std::string_view html);

    Markup& operator+=(const Markup& more) {
        m_html += more.m_html;
        return *this;
    }
    friend Markup operator+(Markup left, const Markup& right) { return left += right; }

    [[nodiscard]] const std::string& html() const noexcept { return m_html; }
    [[nodiscard]] bool empty() const noexcept { return m_html.empty(); }

  private:
    friend class Element;
    std::string m_html;
};

struct Attribute {
    std::string_view name;
    std::string value;
};

/// `<name attributes>inner</name>`.
Markup element(std::string_view name, std::initializer_list<Attribute> attributes, const Markup& inner);
Markup element(std::string_view name, const Markup& inner);
Markup element(std::string_view name, std::string_view plain);

/// One without content and end tag: `<meta ...>`, and in SVG `<rect .../>`.
Markup empty_element(std::string_view name, std::initializer_list<Attribute> attributes);

/// A name out of a database: it does not reorder the text around it, and no translator touches it.
Markup name(std::string_view plain);

}  // namespace tripmig::view::html
