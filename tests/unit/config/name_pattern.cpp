#include "config/name_pattern.hpp"

#include <doctest/doctest.h>

#include "base/civil.hpp"
#include "expect_error.hpp"

using namespace tripmig::config;
using Kind = NamePiece::Kind;

namespace {

struct Width {
    const char* pattern;
    const char* interval;
};

std::string check(const char* pattern, const char* interval) {
    return usage_error_of([&] { check_name_pattern(pattern, parse_partition_interval(interval)); });
}

}  // namespace

TEST_CASE("a pattern is literals, the table and conversions") {
    CHECK(parse_name_pattern("{table}_p{start:%Y_%m}") == std::vector<NamePiece>{{Kind::table, "", 0},
                                                                                 {Kind::literal, "_p", 0},
                                                                                 {Kind::time, "", 'Y'},
                                                                                 {Kind::literal, "_", 0},
                                                                                 {Kind::time, "", 'm'}});
    CHECK(parse_name_pattern("{start}") == std::vector<NamePiece>{{Kind::number, "", 0}});
}

TEST_CASE("what a pattern cannot hold is named") {
    CHECK(contains(usage_error_of([] { parse_name_pattern("{tabel}_{start:%Y}"); }), "unknown field {tabel}"));
    CHECK(contains(usage_error_of([] { parse_name_pattern("{start:%y}"); }), "unknown conversion %y"));
    CHECK(contains(usage_error_of([] { parse_name_pattern("{start:%}"); }), "ends with a %"));
    CHECK(contains(usage_error_of([] { parse_name_pattern("a}b"); }), "a brace has no counterpart"));
    CHECK(contains(usage_error_of([] { parse_name_pattern("a{table"); }), "a brace has no counterpart"));
}

TEST_CASE("a pattern must tell leaves apart") {
    for (const Width& width : std::vector<Width>{{"{table}_{start:%Y}", "1 year"},
                                                 {"{table}_{start:%Y}", "12 months"},
                                                 {"{table}_{start:%Y_%m}", "1 month"},
                                                 {"{table}_{start:%Y_%m}", "3 months"},
                                                 {"{table}_{start:%Y_%m}", "31 days"},
                                                 {"{table}_{start:%Y%m%d}", "1 day"},
                                                 {"{table}_{start:%Y_%j}", "1 day"},
                                                 {"{table}_{start:%G_w%V}", "1 week"},
                                                 {"{table}_{start:%Y_%m_%d}", "1 week"},
                                                 {"{table}_{start:%Y_%m_%d_%H}", "1 hour"},
                                                 {"{table}_{start:%Y_%j_%H%M}", "15 minutes"},
                                                 {"{table}_{start}", "1000000"}}) {
        CAPTURE(width.pattern);
        CAPTURE(width.interval);
        CHECK(check(width.pattern, width.interval) == "no error");
    }
    for (const Width& width : std::vector<Width>{{"{table}_{start:%Y}", "1 month"},
                                                 {"{table}_{start:%m}", "1 month"},
                                                 {"{table}_{start:%Y_%m}", "30 days"},
                                                 {"{table}_{start:%Y_%m}", "1 day"},
                                                 {"{table}_{start:%Y_%d}", "1 day"},
                                                 {"{table}_{start:%G_%V}", "1 day"},
                                                 {"{table}_{start:%Y_%m_%d}", "1 hour"},
                                                 {"{table}_{start:%Y_%m_%d_%M}", "1 hour"},
                                                 {"{table}_{start:%Y_%m_%d_%H}", "15 minutes"},
                                                 {"{table}", "1 year"}}) {
        CAPTURE(width.pattern);
        CAPTURE(width.interval);
        CHECK(contains(check(width.pattern, width.interval), "would get the same name"));
    }
    CHECK(contains(check("{table}_{start:%Y_%V}", "1 week"), "%V and %G go together"));
    CHECK(contains(check("{table}_{start:%G_%V_%m}", "1 week"), "do not mix"));
    CHECK(contains(check("{table}_{start:%Y}", "10"), "names of number partitions need {start}"));
    CHECK(contains(check("{table}_{start}", "1 day"), "is for integer keys"));
}

TEST_CASE("the default pattern fits its interval") {
    for (const char* interval :
         {"1 year", "1 month", "3 months", "1 week", "1 day", "1 hour", "15 minutes", "90 days", "1000000"}) {
        const PartitionInterval width = parse_partition_interval(interval);
        CAPTURE(interval);
        CHECK(usage_error_of([&] { check_name_pattern(default_name_pattern(width), width); }) == "no error");
    }
    CHECK(default_name_pattern(parse_partition_interval("1 month")) == PartitionPolicy{}.name);
    CHECK(default_name_pattern(parse_partition_interval("1 year")) == "{table}_{start:%Y}");
}

TEST_CASE("an interval from a flag") {
    CHECK(std::get<std::int64_t>(parse_partition_interval("1000000")) == 1000000);
    CHECK(std::get<tripmig::CalendarInterval>(parse_partition_interval("3 months")) ==
          tripmig::CalendarInterval{3, 0, 0});
    for (const char* bad : {"", "0", "-1", "1 parsec", "30 seconds", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK(usage_error_of([&] { parse_partition_interval(bad); }) != "no error");
    }
}
