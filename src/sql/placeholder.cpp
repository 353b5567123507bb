#include "sql/placeholder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "sql/source_position.hpp"

namespace tripmig::sql {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_rest(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == ':' || c == '-';
}

/// The name between ${ at `offset` and its }; empty when this is no placeholder.
std::string_view name_at(std::string_view text, std::size_t offset) {
    const std::size_t begin = offset + 2;
    std::size_t end = begin;
    while (end < text.size() && (end == begin ? is_letter(text[end]) : is_rest(text[end])))
        ++end;
    return end < text.size() && text[end] == '}' ? text.substr(begin, end - begin) : std::string_view();
}

Error unknown(std::string_view text, std::size_t offset, std::string_view name,
              const std::map<std::string, std::string>& values, const std::string& file) {
    std::vector<std::string> known;
    known.reserve(values.size());
    for (const auto& [known_name, value] : values)
        known.push_back(known_name);
    const std::string guess = nearest(name, known);
    std::string hint = guess.empty() ? fmt::format("give it a value in [migrations] placeholders: {} = \"...\"", name)
                                     : fmt::format("did you mean ${{{}}}?", guess);
    if (offset > 0 && text[offset - 1] == '$')
        hint += "; if this is a dollar quote, write a blank behind $$ or give it a tag";
    Error error(ExitCode::usage, fmt::format("no value for the placeholder ${{{}}}", name), std::move(hint));
    error.at(source_position(text, offset, file));
    return error;
}

}  // namespace

std::size_t ExpandedText::former_offset(std::size_t offset) const {
    const auto after = std::upper_bound(replacements.begin(), replacements.end(), offset,
                                        [](std::size_t wanted, const Replacement& r) { return wanted < r.offset; });
    if (after == replacements.begin())
        return offset;
    const Replacement& before = *std::prev(after);
    if (offset < before.offset + before.length)
        return before.former_offset;
    return before.former_offset + before.former_length + (offset - before.offset - before.length);
}

ExpandedText expand_placeholders(std::string_view text, const std::map<std::string, std::string>& values,
                                 const std::string& file) {
    ExpandedText expanded;
    std::size_t copied = 0;
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
        const std::string_view name = name_at(text, at);
        if (name.empty()) {
            at += 2;
            continue;
        }
        const auto value = values.find(std::string(name));
        if (value == values.end())
            throw unknown(text, at, name, values, file);
        expanded.text.append(text, copied, at - copied);
        const std::size_t length = name.size() + 3;
        expanded.replacements.push_back({expanded.text.size(), value->second.size(), at, length});
        expanded.text += value->second;
        at += length;
        copied = at;
    }
    expanded.text.append(text, copied);
    return expanded;
}

}  // namespace tripmig::sql
