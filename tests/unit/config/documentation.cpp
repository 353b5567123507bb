#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "config/option_table.hpp"
#include "config/policy_table.hpp"
#include "expect_error.hpp"

using namespace tripmig::config;

namespace {

std::string docs() {
    std::ifstream stream(std::string(TRIPMIG_SOURCE_DIR) + "/docs/configuration.md");
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::string code(std::string_view text) {
    return text.empty() ? std::string() : "`" + std::string(text) + "`";
}

/// The row of the docs that a declaration must have, word for word.
std::string row(std::string_view key, std::string_view type, std::string_view default_text, std::string_view help) {
    return "| `" + std::string(key) + "` | " + std::string(type) + " | " + code(default_text) + " | " +
           std::string(help) + " |\n";
}

/// The part of the docs between the heading and the next one.
std::string part(const std::string& text, const std::string& heading) {
    const std::size_t begin = text.find(heading + "\n");
    REQUIRE_MESSAGE(begin != std::string::npos, heading);
    return text.substr(begin, text.find("\n##", begin + 1) - begin);
}

std::size_t count_rows(const std::string& text) {
    std::size_t rows = 0;
    for (std::size_t place = text.find("\n| `"); place != std::string::npos; place = text.find("\n| `", place + 1))
        ++rows;
    return rows;
}

}  // namespace

TEST_CASE("docs/configuration.md has a row for each option, and none more") {
    const std::string text = docs();
    for (const std::string& section : section_names()) {
        const std::string of_section = part(text, "### [" + section + "]");
        std::size_t rows = 0;
        for (const Option& option : options()) {
            if (option.section != section)
                continue;
            ++rows;
            CHECK_MESSAGE(contains(of_section, row(option.key, option.type, option.default_text, option.help)),
                          option.path());
        }
        CHECK_MESSAGE(count_rows(of_section) == rows, section);
    }
}

TEST_CASE("docs/configuration.md has a row for each key of a policy, and none more") {
    const std::string of_policies = part(docs(), "### Keys of a policy");
    for (const PolicyKey& key : policy_keys()) {
        const std::string path =
            key.section.empty() ? std::string(key.key) : std::string(key.section) + "." + std::string(key.key);
        CHECK_MESSAGE(contains(of_policies, row(path, key.type, key.default_text, key.help)), path);
    }
    CHECK(count_rows(of_policies) == policy_keys().size());
}

TEST_CASE("the defaults that the table tells are the defaults") {
    for (const Option& option : options()) {
        if (option.default_text.empty())
            continue;
        Config config;
        option.set(config, Setting(option.path(), std::string(option.default_text), {}));
        CHECK_MESSAGE(config == Config{}, option.path());
    }
}

TEST_CASE("every option changes the configuration, by its own variable") {
    std::set<std::string> variables;
    for (const Option& option : options()) {
        CHECK_MESSAGE(variables.insert(option.environment_name()).second, option.path());
        CHECK(find_option(option.section, option.key) == &option);
    }
    CHECK(find_option("migrations", "lock_timeout")->environment_name() == "TRIPMIG_MIGRATIONS_LOCK_TIMEOUT");
    CHECK(find_option("migrations", "lock_timout") == nullptr);
}
