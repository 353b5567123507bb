#include <doctest/doctest.h>

#include "config/config.hpp"
#include "config/doctor_config.hpp"
#include "expect_error.hpp"
#include "temporary_folder.hpp"

using namespace tripmig::config;

namespace {

DoctorConfig parsed(const std::string& text) {
    return parse_doctor_config(parse_toml(text, "tripmig.toml"), "/srv");
}

}  // namespace

TEST_CASE("[doctor] says what a team expects") {
    const DoctorConfig config = parsed(R"([doctor]
disk_size = "64 GB"
memory = "8GB"
backup_age = "26h"
backup_file = "last-backup"
[doctor.parameters]
Shared_Buffers = "512MB"
max_connections = 200
checkpoint_completion_target = 0.9
[doctor.roles]
app_user = "SELECT, INSERT"
)");
    CHECK(config.disk_size == 64LL << 30U);
    CHECK(config.memory == 8LL << 30U);
    CHECK(config.backup_age == std::chrono::hours(26));
    CHECK(config.backup_file == "/srv/last-backup");
    CHECK(config.parameters.at("shared_buffers") == "512MB");
    CHECK(config.parameters.at("max_connections") == "200");
    CHECK(config.parameters.at("checkpoint_completion_target") == "0.9");
    CHECK(config.roles.at("app_user") == "SELECT, INSERT");
    CHECK(parsed("[swap]\nworkers = 1\n") == DoctorConfig{});
}

TEST_CASE("mistakes in [doctor] are shown at their place") {
    CHECK(contains(usage_error_of([] { parsed("[doctor]\ndisk_sise = \"1 GB\"\n"); }), "did you mean disk_size?"));
    CHECK(contains(usage_error_of([] { parsed("[doctor]\ndisk_size = \"much\"\n"); }), "is not a size"));
    CHECK(contains(usage_error_of([] { parsed("[doctor]\ndisk_size = 64\n"); }), "must be a string"));
    CHECK(contains(usage_error_of([] { parsed("[doctor]\nroles = \"app\"\n"); }), "write [doctor.roles]"));
    CHECK(contains(usage_error_of([] { parsed("doctor = 1\n"); }), "doctor"));
}

TEST_CASE("a mistake in [doctor] is every command's, and its keys are none of theirs") {
    const TemporaryFolder folder;
    Sources sources;
    sources.working_directory = folder.write("tripmig.toml", "[doctor]\nnothing = 1\n").parent_path();
    CHECK(contains(usage_error_of([&] { load_config(sources); }), "tripmig.toml:2:1"));
    folder.write("tripmig.toml", "[doctor]\ndisk_size = \"1 TB\"\n");
    CHECK(usage_error_of([&] { load_config(sources); }) == "no error");
    CHECK(load_doctor_config(load_config(sources).file).disk_size == 1LL << 40U);
    CHECK(load_doctor_config({}) == DoctorConfig{});
}

TEST_CASE("sizes are a number and a unit") {
    const auto size = [](const std::string& text) { return parsed("[doctor]\nmemory = \"" + text + "\"\n").memory; };
    CHECK(size("8kB") == 8192);
    CHECK(size("3 b") == 3);
    for (const char* wrong : {"8", "GB", "-1 GB", "0 GB", "9000000 PB", "1 GB GB"})
        CHECK_MESSAGE(contains(usage_error_of([&] { (void)size(wrong); }), "is not a size"), wrong);
}
