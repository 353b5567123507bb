#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "config/doctor_config.hpp"
#include "doctor/check_list.hpp"
#include "found.hpp"

using namespace tripmig::doctor;
using namespace tripmig::doctor::test;

namespace {

std::string page(const std::string& name) {
    std::ifstream stream(std::string(TRIPMIG_SOURCE_DIR) + "/docs/" + name);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::size_t rows_of(const std::string& text, const std::string& beginning) {
    std::size_t rows = 0;
    for (std::size_t at = text.find("\n" + beginning); at != std::string::npos;
         at = text.find("\n" + beginning, at + 1))
        ++rows;
    return rows;
}

}  // namespace

TEST_CASE("docs/doctor.md has a row for each check, word for word, and none more") {
    const std::string text = page("doctor.md");
    for (const CheckInfo& check : check_list()) {
        std::ostringstream row;
        row << "\n| `" << check.code << "` | " << check.severities << " | " << check.question << " | " << check.remedy
            << " |\n";
        CHECK_MESSAGE(has(text, row.str()), row.str());
    }
    const std::string all = text.substr(text.find("\n## All checks\n"));
    std::size_t rows = 0;
    for (const std::string& group : groups())
        rows += rows_of(all, "| `" + group + ".");
    CHECK(rows == check_list().size());
}

TEST_CASE("docs/configuration.md has a row for each key of [doctor], and none more") {
    const std::string text = page("configuration.md");
    const std::size_t begin = text.find("### [doctor]\n");
    REQUIRE(begin != std::string::npos);
    const std::string part = text.substr(begin, text.find("\n##", begin + 1) - begin);
    for (const tripmig::config::DoctorKey& key : tripmig::config::doctor_keys()) {
        std::ostringstream row;
        row << "\n| `" << key.key << "` | " << key.type << " | " << key.help << " |\n";
        CHECK_MESSAGE(has(part, row.str()), row.str());
    }
    CHECK(rows_of(part, "| `") == tripmig::config::doctor_keys().size());
}
