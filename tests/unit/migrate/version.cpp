#include "migrate/version.hpp"

#include <doctest/doctest.h>

#include <string>

using tripmig::migrate::Version;

namespace {

Version version(const char* text) {
    return Version::parse(text).value();
}

}  // namespace

TEST_CASE("versions compare number by number") {
    CHECK(version("1.9") < version("1.10"));
    CHECK(version("1_9") < version("1.10"));
    CHECK(version("2") < version("10"));
    CHECK(version("1") < version("1.0.1"));
    CHECK(version("20240131120000") < version("20240131120001"));
    CHECK(version("9") < version("99999999999999999999999999999"));
}

TEST_CASE("leading zeros and trailing zero parts mean nothing") {
    CHECK(version("001") == version("1"));
    CHECK(version("1.0") == version("1"));
    CHECK(version("1_0_0").text() == "1");
    CHECK(version("0").text() == "0");
    CHECK(version("01.010").text() == "1.10");
}

TEST_CASE("what is no version is refused") {
    for (const char* text : {"", ".", "1.", ".1", "1..2", "1a", "v1", "-1", "1 2"})
        CHECK_MESSAGE(!Version::parse(text).has_value(), std::string(text));
}
