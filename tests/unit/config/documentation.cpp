#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "config/connection_string.hpp"
#include "config/option_table.hpp"
#include "config/parse_policy.hpp"
#include "config/policy_table.hpp"
#include "config/sections/serve_config.hpp"
#include "expect_error.hpp"
#include "temporary_folder.hpp"

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
            CHECK(contains(text, option.flag.empty() ? "" : code(option.flag)));
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

TEST_CASE("docs/configuration.md has a row for each key of [serve], whose default is what it says") {
    const std::string of_serve = part(docs(), "### [serve]");
    for (const ServeKey& key : serve_keys()) {
        CHECK_MESSAGE(contains(of_serve, row(key.key, key.type, key.default_text, key.help)), key.key);
        ServeConfig config;
        key.set(config, Setting(std::string(key.key), std::string(key.default_text), {}));
        CHECK(config.listen == ServeConfig{}.listen);
        CHECK(config.refresh == ServeConfig{}.refresh);
        CHECK(config.language == ServeConfig{}.language);
    }
    CHECK(count_rows(of_serve) == serve_keys().size());
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

namespace {

/// What stands between ```language and ```.
std::vector<std::string> blocks(const std::string& text, const std::string& language) {
    std::vector<std::string> found;
    const std::string opening = "\n```" + language + "\n";
    for (std::size_t place = text.find(opening); place != std::string::npos; place = text.find(opening, place + 1)) {
        const std::size_t begin = place + opening.size();
        found.push_back(text.substr(begin, text.find("```", begin) - begin));
    }
    return found;
}

}  // namespace

TEST_CASE("the examples in docs/configuration.md are valid") {
    int policies = 0;
    int configurations = 0;
    for (const std::string& block : blocks(docs(), "toml")) {
        CAPTURE(block);
        if (contains(block, "# partitions/")) {
            ++policies;
            CHECK(usage_error_of([&] { parse_policy(block, "example"); }) == "no error");
            continue;
        }
        ++configurations;
        const TemporaryFolder folder;
        Sources sources;
        sources.working_directory = folder.write("tripmig.toml", block).parent_path();
        CHECK(usage_error_of([&] { load_config(sources); }) == "no error");
    }
    CHECK(policies == 3);
    CHECK(configurations == 2);

    int strings = 0;
    for (const std::string& block : blocks(docs(), "connection")) {
        std::istringstream lines(block);
        for (std::string line; std::getline(lines, line); ++strings) {
            CAPTURE(line);
            CHECK(usage_error_of([&] { parse_connection_string(line); }) == "no error");
        }
    }
    CHECK(strings == 9);
}

TEST_CASE("the message in docs/configuration.md is the one that comes") {
    const TemporaryFolder folder;
    Sources sources;
    sources.working_directory =
        folder.write("tripmig.toml", "\n\n\n\n\n[migrations]\nlock_timout = \"2s\"\n").parent_path();
    const std::string said = "error: " + usage_error_of([&] { load_config(sources); }) + "\n";
    CHECK(blocks(docs(), "text").at(0) == said);
}
