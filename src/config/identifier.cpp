#include "config/identifier.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "config/policy.hpp"

namespace tripmig::config {

namespace {

constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool starts_identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool continues_identifier(char c) {
    return starts_identifier(c) || (c >= '0' && c <= '9') || c == '$';
}

void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
}

std::string take_quoted(std::string_view& text) {
    std::string name;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != '"') {
            name += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == '"') {
            name += text[i++];
        } else {
            text.remove_prefix(i + 1);
            return name;
        }
    }
    throw Error(ExitCode::usage, fmt::format("the quote in {} is not closed", text),
                R"(write "Odd.Name", with both quotes)");
}

/// Only ASCII letters fold, as in PostgreSQL with a multi-byte encoding.
std::string take_folded(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), continues_identifier);
    std::string name(text.begin(), end);
    text.remove_prefix(name.size());
    for (char& c : name)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return name;
}

}  // namespace

std::string take_identifier(std::string_view& text) {
    skip_blanks(text);
    const std::string_view from_here = text;
    const bool quoted = !text.empty() && text.front() == '"';
    if (!quoted && (text.empty() || !starts_identifier(text.front())))
        throw Error(ExitCode::usage,
                    text.empty() ? "a name is missing" : fmt::format("a name cannot begin with {}", text),
                    R"(write public.orders, orders, or "Odd.Name" in double quotes)");
    std::string name = quoted ? take_quoted(text) : take_folded(text);
    skip_blanks(text);
    if (name.empty() || name.find('\0') != std::string::npos)
        throw Error(ExitCode::usage, fmt::format("the name in {} is empty", from_here));
    if (name.size() > longest_name)
        throw Error(ExitCode::usage, fmt::format("the name {} is longer than {} bytes", name, longest_name),
                    "PostgreSQL truncates longer names: write the name as it is in the catalog");
    return name;
}

std::string parse_identifier(std::string_view text) {
    const std::string_view whole = text;
    std::string name = take_identifier(text);
    if (!text.empty())
        throw Error(ExitCode::usage, fmt::format("{} is not one name", whole),
                    "put a name with other characters in double quotes");
    return name;
}

QualifiedName parse_table_name(std::string_view text) {
    const std::string_view whole = text;
    std::string first = take_identifier(text);
    if (text.empty())
        return {"public", std::move(first)};
    if (text.front() != '.')
        throw Error(ExitCode::usage, fmt::format("{} is not the name of a table", whole),
                    R"(write public.orders, orders, or "Odd.Name" in double quotes)");
    text.remove_prefix(1);
    std::string second = take_identifier(text);
    if (!text.empty())
        throw Error(ExitCode::usage, fmt::format("{} is not the name of a table", whole),
                    "write schema.table: the connection determines the database");
    return {std::move(first), std::move(second)};
}

}  // namespace tripmig::config
