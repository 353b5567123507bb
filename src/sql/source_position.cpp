#include "sql/source_position.hpp"

#include <algorithm>
#include <utility>

namespace tripmig::sql {

namespace {

constexpr std::size_t longest_line_shown = 400;

bool starts_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

/// The byte offset of character `position`, counted from 1.
std::size_t byte_offset(std::string_view text, std::size_t position) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (starts_character(text[i]) && ++seen == position)
            return i;
    return text.size();
}

std::string line_around(std::string_view text, std::size_t offset) {
    const std::size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    std::string_view line = text.substr(begin, text.find('\n', offset) - begin);
    if (begin == 0 && line.substr(0, byte_order_mark.size()) == byte_order_mark)
        line.remove_prefix(byte_order_mark.size());
    if (!line.empty() && line.back() == '\r')
        line.remove_suffix(1);
    return line.size() > longest_line_shown ? std::string() : std::string(line);
}

}  // namespace

PositionCounter::PositionCounter(std::string_view text, const TextStart& start)
    : m_text(text), m_line(start.line), m_column(start.column) {
    if (text.substr(0, byte_order_mark.size()) == byte_order_mark)
        m_offset = byte_order_mark.size();
}

void PositionCounter::advance(std::size_t offset) {
    if (offset <= m_offset)
        return;
    const std::string_view passed = m_text.substr(m_offset, offset - m_offset);
    m_offset = offset;
    const auto lines = std::count(passed.begin(), passed.end(), '\n');
    if (lines == 0) {
        m_column += count_characters(passed);
        return;
    }
    m_line += static_cast<std::size_t>(lines);
    m_column = 1 + count_characters(passed.substr(passed.rfind('\n') + 1));
}

SourcePosition source_position(std::string_view text, std::size_t offset, std::string file, const TextStart& start) {
    const std::size_t inside = std::min(offset, text.size());
    PositionCounter counter(text, start);
    counter.advance(inside);
    return {std::move(file), counter.line(), counter.column(), line_around(text, inside)};
}

SourcePosition position_in_file(const StepSource& source, std::string_view sql, std::size_t position) {
    const std::size_t offset = byte_offset(sql, position);
    const std::string_view before = sql.substr(0, offset);
    const std::size_t newlines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t line_start = newlines == 0 ? 0 : before.rfind('\n') + 1;
    const std::size_t line_end = std::min(sql.find('\n', offset), sql.size());
    SourcePosition found;
    found.file = source.file;
    found.line = source.line + newlines;
    found.line_text = std::string(sql.substr(line_start, line_end - line_start));
    found.column = count_characters(sql.substr(line_start, offset - line_start)) + 1;
    if (newlines == 0) {
        found.column += source.column - 1;
        const bool knows_head = source.column == 1 || !source.line_head.empty();  // a long one is not kept
        found.line_text = knows_head ? source.line_head + found.line_text : std::string();
    }
    if (!found.line_text.empty() && found.line_text.back() == '\r')
        found.line_text.pop_back();
    return found;
}

}  // namespace tripmig::sql
