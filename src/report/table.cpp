#include "report/table.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "report/display_width.hpp"

namespace tripmig::report {

namespace {

/// A cell is one line.
std::string one_line(const std::string& text) {
    std::string clean;
    for (const char c : without_control_characters(text)) {
        if (c == '\n')
            clean += "\\x0a";
        else
            clean += c == '\t' ? ' ' : c;
    }
    return clean;
}

}  // namespace

Table::Table(std::vector<Column> columns) : m_columns(std::move(columns)) {
}

void Table::add_row(std::vector<std::string> cells) {
    if (cells.size() > m_columns.size())
        throw std::out_of_range("a row with more cells than the table has columns");
    cells.resize(m_columns.size());
    for (std::string& cell : cells)
        cell = one_line(cell);
    m_rows.push_back(std::move(cells));
}

std::string Table::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string padding(widths[i] - display_width(cells[i]), ' ');
        text += i == 0 ? "" : "  ";
        text += m_columns[i].align == Align::right ? padding + cells[i] : cells[i] + padding;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

std::string Table::to_string() const {
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (const Column& column : m_columns) {
        titles.push_back(column.title);
        widths.push_back(display_width(column.title));
    }
    for (const auto& row : m_rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row[i]));
    }
    std::string text = line(titles, widths);
    for (const auto& row : m_rows)
        text += line(row, widths);
    return text;
}

}  // namespace tripmig::report
