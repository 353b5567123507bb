#include "report/table.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using tripmig::report::Table;

TEST_CASE("columns are as wide as their widest cell, numbers to the right") {
    Table table({{"leaf"}, {"rows", Table::Align::right}, {"bounds"}});
    CHECK(table.empty());
    table.add_row({"orders_2024_01", "812,345", "2024-01-01 .. 2024-02-01"});
    table.add_row({"일정_2024_02", "7"});
    CHECK_FALSE(table.empty());
    CHECK(table.to_string() ==
          "leaf               rows  bounds\n"
          "orders_2024_01  812,345  2024-01-01 .. 2024-02-01\n"
          "일정_2024_02          7\n");
}

TEST_CASE("a cell is one line") {
    Table table({{"a"}, {"b"}});
    table.add_row({"x\ny\tz\x1b", "1"});
    CHECK(table.to_string() == "a             b\nx\\x0ay z\\x1b  1\n");
}

TEST_CASE("a row has no more cells than there are columns") {
    Table table({{"a"}});
    CHECK_THROWS_AS(table.add_row({"1", "2"}), std::out_of_range);
}
