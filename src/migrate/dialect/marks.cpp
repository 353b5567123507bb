#include "migrate/dialect/marks.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/trimmed.hpp"
#include "sql/identifier.hpp"
#include "sql/source_position.hpp"

namespace tripmig::migrate {

namespace {

/// Calls `see` with every line, without its end: offset, number, text.
template <typename See>
void each_line(std::string_view text, See see) {
    std::size_t begin =
        text.substr(0, sql::byte_order_mark.size()) == sql::byte_order_mark ? sql::byte_order_mark.size() : 0;
    for (std::size_t number = 1; begin < text.size(); ++number) {
        const std::size_t feed = text.find('\n', begin);
        const std::size_t end = feed == std::string_view::npos ? text.size() : feed + 1;
        see(begin, end, number, text.substr(begin, (feed == std::string_view::npos ? end : feed) - begin));
        begin = end;
    }
}

}  // namespace

std::vector<Mark> marks_of(std::string_view text, std::string_view word) {
    std::vector<Mark> marks;
    if (text.find(word) == std::string_view::npos)
        return marks;
    each_line(text, [&](std::size_t begin, std::size_t end, std::size_t number, std::string_view line) {
        const std::string_view comment = trimmed(line);
        if (comment.substr(0, 2) != "--")
            return;
        const std::string_view inside = trimmed(comment.substr(2));
        if (!sql::equals_folded(inside.substr(0, word.size()), word))
            return;
        Mark mark;
        mark.words = trimmed(inside.substr(word.size()));
        mark.line = line;
        mark.begin = begin;
        mark.end = end;
        mark.number = number;
        mark.is_indented = line.front() != '-';
        marks.push_back(mark);
    });
    return marks;
}

Error mark_error(const std::string& file, const Mark& mark, std::string message, std::string hint) {
    return Error(ExitCode::usage, std::move(message), std::move(hint))
        .at({file, mark.number, 1, std::string(trimmed(mark.line))});
}

void refuse_sql_before(const std::string& file, std::string_view text, std::size_t end, std::string_view mark) {
    each_line(text.substr(0, end), [&](std::size_t, std::size_t, std::size_t number, std::string_view line) {
        const std::string_view inside = trimmed(line);
        if (inside.empty() || inside.substr(0, 2) == "--")
            return;
        throw Error(ExitCode::usage, fmt::format("SQL before `{}`", mark),
                    fmt::format("put `{}` above it; only comments may come before", mark))
            .at({file, number, 1, std::string(inside)});
    });
}

}  // namespace tripmig::migrate
