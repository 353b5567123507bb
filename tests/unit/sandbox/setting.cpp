#include "sandbox/setting.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using tripmig::Error;
using tripmig::sandbox::parse_setting;

TEST_CASE("a setting is a name, the first equals sign, and any value") {
    const auto setting = parse_setting("search_path=a, b = c");
    CHECK(setting.name == "search_path");
    CHECK(setting.value == "a, b = c");
    CHECK(parse_setting("auto_explain.log_min_duration=0").name == "auto_explain.log_min_duration");
    CHECK(parse_setting("log_line_prefix=").value.empty());
}

TEST_CASE("what is no setting is refused") {
    for (const char* const text : {"", "=", "=1", "work_mem", "work mem=1", "1a=1", "a-b=1", "a=1\nfsync=on"})
        CHECK_THROWS_AS(parse_setting(text), Error);
}

TEST_CASE("what the sandbox lives by cannot be set") {
    for (const char* const text :
         {"port=1", "listen_addresses=*", "unix_socket_directories=/tmp", "data_directory=/tmp"})
        CHECK_THROWS_AS(parse_setting(text), Error);
}
