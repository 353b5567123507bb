#include "migrate/version.hpp"

#include <algorithm>

namespace tripmig::migrate {

std::optional<Version> Version::parse(std::string_view text) {
    Version version;
    std::string part;
    const auto close_part = [&] {
        if (part.empty())
            return false;
        part.erase(0, std::min(part.find_first_not_of('0'), part.size() - 1));
        version.m_parts.push_back(std::move(part));
        part.clear();
        return true;
    };
    for (const char c : text) {
        if (c >= '0' && c <= '9')
            part += c;
        else if ((c != '.' && c != '_') || !close_part())
            return std::nullopt;
    }
    if (!close_part())
        return std::nullopt;
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
