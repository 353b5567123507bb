#pragma once

#include <string>
#include <vector>

namespace tripmig::report {

/// Columns of text for people, in a terminal's font:
///   leaf                 rows     size
///   orders_2024_01    812,345   120 MB
/// Widths count terminal columns, not bytes. Line ends and control characters in a cell are shown as \xNN.
class Table {
  public:
    enum class Align { left, right };

    struct Column {
        std::string title;
        Align align = Align::left;
    };

    explicit Table(std::vector<Column> columns);

    /// Cells that are missing at the end stay empty; there may not be more than columns (std::out_of_range).
    void add_row(std::vector<std::string> cells);
    [[nodiscard]] bool empty() const noexcept { return m_rows.empty(); }

    /// The titles and all rows, two blanks between columns, no blanks at the ends of lines, each line with its end.
    [[nodiscard]] std::string to_string() const;

  private:
    [[nodiscard]] std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const;

    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

}  // namespace tripmig::report
