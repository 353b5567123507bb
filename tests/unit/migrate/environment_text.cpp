#include "migrate/dialect/environment_text.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using tripmig::migrate::with_environment;

namespace {

const std::map<std::string, std::string> variables{{"A", "one"}, {"EMPTY", ""}, {"A_2", "two"}};

std::string expanded(const char* line) {
    return with_environment(line, variables);
}

}  // namespace

TEST_CASE("environment variables take their names' place") {
    CHECK(expanded("$A, ${A}b $A_2;") == "one, oneb two;");
    CHECK(expanded("x$NONE${NONE}y$EMPTY") == "xy");
    CHECK(expanded("no dollar") == "no dollar");
    CHECK(expanded("\\$A \\\\ $A") == "$A \\\\ one");
}

TEST_CASE("defaults, for what is not set and for what is empty") {
    CHECK(expanded("${NONE:-d}|${EMPTY:-d}|${A:-d}") == "d|d|one");
    CHECK(expanded("${NONE-d}|${EMPTY-d}|${A-d}") == "d||one");
    CHECK(expanded("${NONE:-${EMPTY:-$A}}") == "one");
    CHECK(expanded("${NONE:-}") == "");
    CHECK(expanded("${A?m}${EMPTY?m}") == "one");
}

TEST_CASE("dollars of SQL stay") {
    for (const char* line : {"as $$", "$1 + $2", "$body$ x $body$", "cost $", "$("})
        CHECK(expanded(line) == line);
    CHECK(expanded("$A$A_2") == "onetwo");
}

TEST_CASE("what cannot be put in is an error") {
    for (const char* line :
         {"${NONE?}", "${EMPTY:?gone}", "${A", "${A:-x", "${A:1:2}", "${}", "${1}", "${A:}", "${A+x}"})
        CHECK_THROWS_AS_MESSAGE(expanded(line), tripmig::Error, std::string(line));
}
