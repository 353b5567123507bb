#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "view/help/command_info.hpp"

namespace tripmig::view {

/// Completion of commands, options, choices and files, written for the shell. Versions, tables and partitions are asked
/// of `tripmig completion --list KIND` when TAB is pressed.
std::string bash_completion(const CommandInfo& program);
std::string zsh_completion(const CommandInfo& program);
std::string fish_completion(const CommandInfo& program);

/// What `completion --list` found: one a line, and for programs.
std::string words_text(const std::vector<std::string>& words);
nlohmann::json words_json(const std::vector<std::string>& words);
/// A script for programs.
nlohmann::json script_json(const std::string& script);

}  // namespace tripmig::view
