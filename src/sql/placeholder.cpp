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
        hint += "; if this is a dollar quote, write a space after $$ or give it a tag";
    Error error(ExitCode::usage, fmt::format("no value for the placeholder ${{{}}}", name), std::move(hint));
    error.at(source_position(text, offset, file));
    return error;
}

/// What a value looks like in a text that shows one line of it.
struct Searched {
    std::string_view text;
    std::string_view name;
};

constexpr std::size_t shortest_hidden = 4;
constexpr std::size_t shortest_within_words = 6;

/// The longest first: a value may be the beginning of another one.
std::vector<Searched> searched_texts(const std::map<std::string, std::string>& values) {
    std::vector<Searched> searched;
    for (const auto& [name, value] : values) {
        std::string_view rest = value;
        if (value.find('\n') != std::string::npos)
            searched.push_back({rest, name});
        while (!rest.empty()) {
            std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            if (!line.empty() && line.back() == '\r')
                line.remove_suffix(1);
            if (line.size() >= shortest_hidden)
                searched.push_back({line, name});
        }
    }
    std::stable_sort(searched.begin(), searched.end(),
                     [](const Searched& a, const Searched& b) { return a.text.size() > b.text.size(); });
    return searched;
}

bool is_word_character(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_whole_word(std::string_view text, std::size_t begin, std::size_t end) {
    return (begin == 0 || !is_word_character(text[begin - 1]) || !is_word_character(text[begin])) &&
           (end == text.size() || !is_word_character(text[end]) || !is_word_character(text[end - 1]));
}

bool stands_at(const Searched& value, std::string_view text, std::size_t at) {
    return text.substr(at, value.text.size()) == value.text &&
           (value.text.size() >= shortest_within_words || is_whole_word(text, at, at + value.text.size()));
}

}  // namespace

std::vector<PlaceholderValue> find_values(std::string_view text, const std::map<std::string, std::string>& values) {
    std::vector<PlaceholderValue> found;
    const std::vector<Searched> searched = searched_texts(values);
    std::string first_characters;
    for (const Searched& value : searched)
        first_characters += value.text.front();
    for (std::size_t at = text.find_first_of(first_characters); at < text.size();) {
        const auto value = std::find_if(searched.begin(), searched.end(),
                                        [&](const Searched& each) { return stands_at(each, text, at); });
        const std::size_t length = value == searched.end() ? 1 : value->text.size();
        if (value != searched.end())
            found.push_back({at, length, std::string(value->name)});
        at = text.find_first_of(first_characters, at + length);
    }
    return found;
}

std::string hide_values(std::string_view text, const std::map<std::string, std::string>& values) {
    std::string hidden;
    std::size_t copied = 0;
    for (const PlaceholderValue& value : find_values(text, values)) {
        hidden.append(text, copied, value.offset - copied);
        hidden += fmt::format("${{{}}}", value.name);
        copied = value.offset + value.length;
    }
    return hidden.append(text, copied);
}

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
