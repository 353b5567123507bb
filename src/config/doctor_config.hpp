#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/setting.hpp"
#include "config/toml_document.hpp"

namespace tripmig::config {

/// What a team expects of its server: [doctor] of tripmig.toml. What is empty or zero is not stated, and not judged.
struct DoctorConfig {
    std::map<std::string, std::string> parameters;  ///< server parameter, lower case, and its value with its unit
    std::map<std::string, std::string> roles;       ///< role and "SELECT, INSERT ON SCHEMA app"
    std::int64_t disk_size = 0;                     ///< bytes
    std::int64_t memory = 0;                        ///< bytes, of the server's machine
    std::chrono::milliseconds backup_age{0};        ///< at most so old may the newest backup be
    std::filesystem::path backup_file;              ///< written or touched by each backup that succeeded
    std::filesystem::path schema_file;              ///< what `tripmig dump` wrote

    friend bool operator==(const DoctorConfig&, const DoctorConfig&) = default;
};

/// One key of [doctor]; docs/configuration.md has a row for each (a test compares).
struct DoctorKey {
    std::string_view key;
    std::string_view type;
    std::string_view help;
    void (*set)(DoctorConfig& config, const Setting& setting);

    /// A table of names and values of the user's own: [doctor.parameters].
    [[nodiscard]] bool is_table() const { return type == "table"; }
};

const std::vector<DoctorKey>& doctor_keys();

/// The section out of a file's entries. Throws Error{usage} at the place of what is wrong.
DoctorConfig parse_doctor_config(const std::vector<TomlEntry>& entries, const std::filesystem::path& folder);

/// Of that tripmig.toml; empty: there is none. It stands in the file alone, as [[targets]] do: no variable or flag sets
/// it.
DoctorConfig load_doctor_config(const std::filesystem::path& file);

}  // namespace tripmig::config
