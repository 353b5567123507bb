#include "db/result.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/error.hpp"

namespace tripmig::db {

namespace {

/// The manual of libpq allows two columns of one name; ours have one each.
std::size_t column_called(const Answer& answer, std::string_view name) {
    for (std::size_t column = 0; column < answer.columns(); ++column)
        if (answer.column_name(column) == name)
            return column;
    throw Error(ExitCode::unexpected, fmt::format("the server's answer has no column \"{}\"", name));
}

std::string_view required(std::optional<std::string_view> cell) {
    if (!cell)
        throw Error(ExitCode::unexpected, "the server answered NULL where a value was expected");
    return *cell;
}

template <typename Number>
Number parsed(std::string_view text) {
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size())
        throw Error(ExitCode::unexpected, fmt::format("the server answered \"{}\" where a number was expected", text));
    return value;
}

bool is_true(std::string_view text) {
    if (text != "t" && text != "f")
        throw Error(ExitCode::unexpected,
                    fmt::format("the server answered \"{}\" where true or false was expected", text));
    return text == "t";
}

std::optional<std::string> copied(std::optional<std::string_view> cell) {
    return cell ? std::optional<std::string>(*cell) : std::nullopt;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const std::size_t end = text.find(list_separator);
        items.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return items;
        text.remove_prefix(end + 1);
        if (text.empty())
            items.emplace_back();  // the last one is empty
    }
    return items;
}

}  // namespace

std::optional<std::string_view> Row::cell(std::string_view column) const {
    return m_answer->cell(m_index, column_called(*m_answer, column));
}

std::string Row::text(std::string_view column) const {
    return std::string(required(cell(column)));
}

std::string Row::text_or_empty(std::string_view column) const {
    return std::string(cell(column).value_or(std::string_view{}));
}

std::optional<std::string> Row::optional_text(std::string_view column) const {
    return copied(cell(column));
}

bool Row::flag(std::string_view column) const {
    return is_true(required(cell(column)));
}

char Row::letter(std::string_view column) const {
    const std::string_view text = cell(column).value_or(std::string_view{});
    return text.empty() ? '\0' : text.front();
}

std::int64_t Row::number(std::string_view column) const {
    return parsed<std::int64_t>(required(cell(column)));
}

std::optional<std::int64_t> Row::optional_number(std::string_view column) const {
    const auto text = cell(column);
    return text ? std::optional(parsed<std::int64_t>(*text)) : std::nullopt;
}

std::uint32_t Row::oid(std::string_view column) const {
    return parsed<std::uint32_t>(required(cell(column)));
}

double Row::decimal(std::string_view column) const {
    return parsed<double>(required(cell(column)));
}

std::optional<double> Row::optional_decimal(std::string_view column) const {
    const auto text = cell(column);
    return text ? std::optional(parsed<double>(*text)) : std::nullopt;
}

std::vector<std::string> Row::list(std::string_view column) const {
    return split_list(cell(column).value_or(std::string_view{}));
}

QualifiedName Row::name(std::string_view schema, std::string_view name) const {
    return {text(schema), text(name)};
}

Row Result::row() const {
    if (size() != 1)
        throw Error(ExitCode::unexpected, fmt::format("the server answered {} rows where one was expected", size()));
    return {m_answer, 0};
}

std::optional<std::string_view> Result::value() const {
    if (size() > 1 || columns() != 1)
        throw Error(
            ExitCode::unexpected,
            fmt::format("the server answered {} rows of {} columns where one value was expected", size(), columns()));
    return empty() ? std::nullopt : m_answer->cell(0, 0);
}

std::string Result::text() const {
    return std::string(required(value()));
}

std::int64_t Result::number() const {
    return parsed<std::int64_t>(required(value()));
}

bool Result::flag() const {
    return is_true(required(value()));
}

std::optional<std::string> Result::optional_text() const {
    return copied(value());
}

std::optional<bool> Result::optional_flag() const {
    const auto text = value();
    return text ? std::optional(is_true(*text)) : std::nullopt;
}

std::string joined_list(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items)
        text += (text.empty() ? std::string() : std::string(1, list_separator)) + item;
    return text;
}

}  // namespace tripmig::db
