#include "migrate/dialect/flyway_checksum.hpp"

#include <doctest/doctest.h>

#include <string>

using tripmig::migrate::flyway_checksum;

TEST_CASE("Flyway's checksum: the lines' bytes without their ends, signed") {
    const std::string text = "alter table location_history add column valid_until timestamp with time zone;";
    CHECK(flyway_checksum(text) == -1039259818);
    CHECK(flyway_checksum("\xEF\xBB\xBF" + text + "\r\n") == -1039259818);
    CHECK(flyway_checksum("") == 0);
    for (const char* lines : {"a\nb", "a\r\nb\r\n", "a\rb", "\n\na\n\nb"})
        CHECK_MESSAGE(flyway_checksum(lines) == -1635563411, std::string(lines));
}
