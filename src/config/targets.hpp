#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace tripmig::config {

/// One of many databases that the same files go to.
struct Target {
    std::string name;
    DatabaseConfig database;
};

/// The [[targets]] of tripmig.toml: `name` and `url`, and any other key of [database], which says what they leave out
/// but for the address. Throws Error{usage} at the place: a missing or unknown key, a name that is there twice, none at
/// all.
std::vector<Target> load_targets(const Config& config, const std::filesystem::path& working_directory);

/// A file of its own, for lists that a program writes: [[targets]] when its name ends in .toml, else a line a target,
/// its name, blanks, a connection string in any form; # begins a comment. Relative paths in it are relative to its
/// folder.
std::vector<Target> load_targets_from(const std::filesystem::path& file, const DatabaseConfig& defaults);

}  // namespace tripmig::config
