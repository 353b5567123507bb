#include "view/html/parts.hpp"

#include <array>

#include "base/civil.hpp"

namespace tripmig::view::html {

std::string_view style_of(Mood mood) {
    constexpr std::array<std::string_view, 4> styles{"", "ok", "warn", "bad"};
    return styles.at(static_cast<std::size_t>(mood));
}

Markup badge(std::string_view text, Mood mood) {
    return element("span", {{"class", fmt::format("badge {}", style_of(mood))}}, Markup::text(text));
}

Markup note(const Markup& text, Mood mood) {
    return element("div", {{"class", fmt::format("note {}", style_of(mood))}}, element("p", text));
}

Markup failure_note(const Error& error, const Texts& texts) {
    Markup text = Markup::text(error.message());
    if (!error.hint().empty())
        text += empty_element("br", {}) + Markup::text(said(texts.hint, error.hint()));
    return note(text, Mood::bad);
}

Markup scrolling_table(std::string_view label, const Markup& head, const Markup& rows) {
    // Who has no pointer scrolls by keys, so it takes the focus.
    return element("div",
                   {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", std::string(label)}},
                   element("table", element("thead", element("tr", head)) + element("tbody", rows)));
}

Markup heading_cell(std::string_view text, bool is_number) {
    return element("th", {{"scope", "col"}, {"class", is_number ? "number" : ""}}, Markup::text(text));
}

std::string time_text(const std::string& time) {
    const auto instant = parse_timestamp(time);
    return instant ? time_text(*instant) : time;
}

std::string time_text(Instant time) {
    return format_timestamp(std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace tripmig::view::html
