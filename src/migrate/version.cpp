#include "migrate/version.hpp"

#include <algorithm>

namespace tripmig::migrate {

std::optional<Version> Version::parse(std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    Version version;
    while (true) {
        const std::size_t length = std::min(text.find_first_not_of(digits), text.size());
        if (length == 0)
            return std::nullopt;
        const std::string_view part = text.substr(0, length);
        version.m_parts.emplace_back(part.substr(std::min(part.find_first_not_of('0'), length - 1)));
        text.remove_prefix(length);
        if (text.empty())
            break;
        if (text.front() != '.' && text.front() != '_')
            return std::nullopt;
        text.remove_prefix(1);
    }
    while (version.m_parts.size() > 1 && version.m_parts.back() == "0")
        version.m_parts.pop_back();
    for (const std::string& number : version.m_parts)
        version.m_text += (version.m_text.empty() ? "" : ".") + number;
    return version;
}

std::strong_ordering operator<=>(const Version& left, const Version& right) {
    const std::size_t common = std::min(left.m_parts.size(), right.m_parts.size());
    for (std::size_t i = 0; i < common; ++i) {
        const std::string& a = left.m_parts[i];
        const std::string& b = right.m_parts[i];
        if (a.size() != b.size())
            return a.size() <=> b.size();
        if (const int order = a.compare(b); order != 0)
            return order <=> 0;
    }
    return left.m_parts.size() <=> right.m_parts.size();
}

}  // namespace tripmig::migrate
