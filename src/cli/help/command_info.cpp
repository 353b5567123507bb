#include "cli/help/command_info.hpp"

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "cli/usage_error.hpp"

namespace tripmig::cli {

namespace {

constexpr std::string_view help_pointer = "Options that every command takes";

std::vector<std::string> split(std::string_view text, std::string_view separator) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return parts;
        text.remove_prefix(at + separator.size());
    }
}

/// CLI11 writes what a value is in one text: "FORMAT:{text,sql,json}", "N:INT in [1 - 256]".
void read_type(view::OptionInfo& info, const std::string& type) {
    info.value = type.substr(0, type.find(':'));
    if (info.value.rfind("[=", 0) == 0) {
        info.value = info.value.substr(2, info.value.size() - 3);
        info.value_is_optional = true;
    }
    if (const std::size_t begin = type.find(":{"); begin != std::string::npos)
        info.choices = split(type.substr(begin + 2, type.find('}', begin) - begin - 2), ",");
    if (const std::size_t begin = type.find(" in ["); begin != std::string::npos) {
        const std::vector<std::string> ends = split(type.substr(begin + 5, type.find(']', begin) - begin - 5), " - ");
        if (ends.size() == 2)
            info.range = ends[0] + " to " + ends[1];
    }
    if (info.value.size() > 3 && info.value.substr(info.value.size() - 3) == "...") {
        info.value.resize(info.value.size() - 3);
        info.is_repeated = true;
    }
}

view::OptionInfo option_info(const CLI::Option& option) {
    view::OptionInfo info;
    for (const std::string& name : option.get_snames())
        info.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames())
        info.names.push_back("--" + name);
    if (option.get_items_expected_max() > 0 || !option.get_type_name().empty())
        read_type(info, option.get_type_name());
    info.description = option.get_description();
    info.default_value = option.get_default_str();
    info.is_required = option.get_required();
    if (option.get_positional()) {  // named by what stands for it
        info.is_repeated = info.is_repeated || option.get_items_expected_max() > 1;
        info.names = {info.value.empty() || info.value == "TEXT" ? option.get_single_name() : info.value};
        info.value.clear();
    } else if (option.get_items_expected_max() == 0 && !info.value_is_optional) {
        info.value.clear();
    }
    return info;
}

std::string notes(const CLI::App& command) {
    std::string text = command.get_footer();
    if (const std::size_t pointer = text.find(help_pointer); pointer != std::string::npos)
        text.resize(pointer);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text;
}

}  // namespace

view::CommandInfo command_info(const CLI::App& command) {
    view::CommandInfo info;
    info.name = spelled(command);
    info.summary = command.get_description();
    while (!info.summary.empty() && info.summary.back() == '\n')
        info.summary.pop_back();
    info.notes = notes(command);
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_group().empty() || (command.get_parent() != nullptr && option == command.get_help_ptr()))
            continue;
        (option->get_positional() ? info.arguments : info.options).push_back(option_info(*option));
    }
    for (const CLI::App* sub : command.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); }))
        info.commands.push_back(command_info(*sub));
    return info;
}

}  // namespace tripmig::cli
