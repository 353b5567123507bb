#include "sql/source_position.hpp"

#include <algorithm>
#include <utility>

namespace tripmig::sql {

namespace {

constexpr std::size_t longest_line_shown = 400;

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
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

}  // namespace tripmig::sql
