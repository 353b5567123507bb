#include "report/display_width.hpp"

#include <doctest/doctest.h>

using namespace tripmig::report;

TEST_CASE("widths are terminal columns") {
    CHECK(display_width("") == 0);
    CHECK(display_width("abc") == 3);
    CHECK(display_width("é") == 1);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("일정") == 4);
    CHECK(display_width("漢字ｶ") == 5);
    CHECK(display_width("🚌") == 2);
    CHECK(display_width("\xff\xc3") == 2);
    CHECK(display_width("\xe1\x88") == 2);
    CHECK(display_width("\xe1zz") == 3);
}

TEST_CASE("text is shortened at character borders") {
    CHECK(shortened("orders", 6) == "orders");
    CHECK(shortened("orders_2024", 8) == "order...");
    CHECK(shortened("일정 테이블", 8) == "일정 ...");
    CHECK(shortened("일정", 3) == "일");
    CHECK(shortened("orders", 2) == "or");
    CHECK(shortened("orders", 0).empty());
}

TEST_CASE("control characters cannot move a terminal's cursor") {
    CHECK(without_control_characters("a\x1b[2Jb\r\n\tc\x7f") == "a\\x1b[2Jb\\x0d\n\tc\\x7f");
    CHECK(without_control_characters("일정") == "일정");
}
