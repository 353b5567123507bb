#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace tripmig::view {

/// An option or an argument of a command, as the command line declares it.
struct OptionInfo {
    std::vector<std::string> names;  ///< "-q", "--quiet"; of an argument its name alone: "TABLE"
    std::string value;               ///< what stands for its value: "FILE"; empty: a flag
    bool value_is_optional = false;  ///< "--dry-run[=FORMAT]"
    std::vector<std::string> choices;
    std::string range;  ///< "1 to 256"; empty: any
    std::string default_value;
    std::string description;
    bool is_required = false;
    bool is_repeated = false;
};

/// A command as the command line declares it: what help pages, man pages and completions are made from.
struct CommandInfo {
    std::string name;  ///< with those around it: "tripmig partition split"
    std::string summary;
    std::vector<OptionInfo> arguments;
    std::vector<OptionInfo> options;  ///< its own; those that every command takes are the program's
    std::string notes;                ///< what stands below the options: examples, exit codes; lines as they are
    std::vector<CommandInfo> commands;
};

/// "--jobs N", "--dry-run[=FORMAT]", "-q, --quiet", "FILE...".
std::string option_text(const OptionInfo& option);

/// "tripmig swap run TABLE [OPTIONS]"; of a group "tripmig swap COMMAND".
std::string usage_text(const CommandInfo& command);

/// The description with its choices, range and default: "Number of databases at the same time (1 to 256; default 4)".
std::string description_text(const OptionInfo& option);

/// For programs: a command with its arguments, options and the commands in it.
nlohmann::json command_json(const CommandInfo& command);

}  // namespace tripmig::view
