#include "view/help/command_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tripmig::view {

namespace {

nlohmann::json option_json(const OptionInfo& option) {
    return {{"names", option.names},
            {"value", option.value},
            {"value_is_optional", option.value_is_optional},
            {"choices", option.choices},
            {"range", option.range},
            {"default", option.default_value},
            {"description", option.description},
            {"required", option.is_required},
            {"repeated", option.is_repeated}};
}

nlohmann::json options_json(const std::vector<OptionInfo>& options) {
    nlohmann::json json = nlohmann::json::array();
    for (const OptionInfo& option : options)
        json.push_back(option_json(option));
    return json;
}

}  // namespace

nlohmann::json command_json(const CommandInfo& command) {
    nlohmann::json commands = nlohmann::json::array();
    for (const CommandInfo& sub : command.commands)
        commands.push_back(command_json(sub));
    return {{"name", command.name},
            {"summary", command.summary},
            {"usage", usage_text(command)},
            {"arguments", options_json(command.arguments)},
            {"options", options_json(command.options)},
            {"notes", command.notes},
            {"commands", commands}};
}

std::string option_text(const OptionInfo& option) {
    std::string text = fmt::format("{}", fmt::join(option.names, ", "));
    if (!option.value.empty())
        text += option.value_is_optional ? "[=" + option.value + "]" : " " + option.value;
    return text + (option.is_repeated ? "..." : "");
}

std::string usage_text(const CommandInfo& command) {
    std::string text = command.name;
    for (const OptionInfo& argument : command.arguments)
        text += argument.is_required ? " " + option_text(argument) : " [" + option_text(argument) + "]";
    if (!command.commands.empty())
        text += " COMMAND";
    return text + (command.options.empty() ? "" : " [OPTIONS]");
}

std::string description_text(const OptionInfo& option) {
    std::vector<std::string> facts;
    const bool are_named = std::all_of(option.choices.begin(), option.choices.end(), [&](const std::string& choice) {
        return option.description.find(choice) != std::string::npos;
    });
    if (!are_named)
        facts.push_back(fmt::format("one of {}", fmt::join(option.choices, ", ")));
    if (!option.range.empty())
        facts.push_back(option.range);
    if (!option.default_value.empty())
        facts.push_back("default " + option.default_value);
    return facts.empty() ? option.description : fmt::format("{} ({})", option.description, fmt::join(facts, "; "));
}

}  // namespace tripmig::view
