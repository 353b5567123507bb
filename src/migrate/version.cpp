#include "migrate/version.hpp"

#include <algorithm>

namespace tripmig::migrate {

namespace {

constexpr std::string_view digits = "0123456789";

/// Takes the first number off a canonical text, and the dot behind it.
std::string_view take_number(std::string_view& text) {
    const std::size_t length = std::min(text.find('.'), text.size());
    const std::string_view number = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    return number;
}

}  // namespace

std::optional<Version> Version::parse(std::string_view text) {
    Version version;
    std::size_t significant = 0;  // up to the last part that is not zero, or the first part
    for (bool is_first = true;; is_first = false) {
        const std::size_t length = std::min(text.find_first_not_of(digits), text.size());
        if (length == 0)
            return std::nullopt;
        const std::string_view number = text.substr(std::min(text.find_first_not_of('0'), length - 1));
        if (!is_first)
            version.m_text += '.';
        version.m_text += number.substr(0, number.size() - (text.size() - length));
        if (is_first || text.substr(0, length).find_first_not_of('0') != std::string_view::npos)
            significant = version.m_text.size();
        text.remove_prefix(length);
        if (text.empty())
            break;
        if (text.front() != '.' && text.front() != '_')
            return std::nullopt;
        text.remove_prefix(1);
    }
    version.m_text.resize(significant);
    return version;
}

std::strong_ordering operator<=>(const Version& left, const Version& right) {
    std::string_view a = left.m_text;
    std::string_view b = right.m_text;
    while (!a.empty() && !b.empty()) {
        const std::string_view one = take_number(a);
        const std::string_view other = take_number(b);
        if (one.size() != other.size())
            return one.size() <=> other.size();
        if (const int order = one.compare(other); order != 0)
            return order <=> 0;
    }
    return a.size() <=> b.size();
}

}  // namespace tripmig::migrate
