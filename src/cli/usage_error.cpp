#include "cli/usage_error.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "base/nearest.hpp"

namespace tripmig::cli {

const CLI::App& innermost(const CLI::App& app) {
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    return chosen.empty() ? app : innermost(*chosen.front());
}

std::string spelled(const CLI::App& command) {
    const CLI::App* parent = command.get_parent();
    return parent == nullptr ? command.get_name() : spelled(*parent) + " " + command.get_name();
}

namespace {

std::vector<std::string> subcommand_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* sub : command.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); }))
        names.push_back(sub->get_name());
    return names;
}

/// With those of the commands around it: they are accepted there as well.
std::vector<std::string> option_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* level = &command; level != nullptr; level = level->get_parent())
        for (const CLI::Option* option : level->get_options())
            for (const std::string& name : option->get_lnames())
                names.push_back("--" + name);
    return names;
}

std::string see_help(const CLI::App& command) {
    return fmt::format("{} --help", spelled(command));
}

std::string hint_for(const CLI::App& command, const std::string& guess) {
    if (guess.empty())
        return see_help(command);
    return fmt::format("did you mean {}? See {}", guess, see_help(command));
}

/// Then there may be a password in it, which no message repeats.
bool may_be_connection_string(std::string_view word) {
    return word.find("://") != std::string_view::npos || word.find_first_of("=;@") != std::string_view::npos;
}

Error unknown_word(const CLI::App& command, const std::string& word) {
    if (word.rfind('-', 0) == 0) {
        const std::string name = word.substr(0, word.find('='));
        return Error(ExitCode::usage, fmt::format("{} has no option {}", spelled(command), name),
                     hint_for(command, nearest(name, option_names(command))));
    }
    const std::vector<std::string> names = subcommand_names(command);
    if (may_be_connection_string(word))
        return Error(ExitCode::usage,
                     fmt::format("{} does not take a connection string as its argument", spelled(command)),
                     "put --url before it");
    if (names.empty())
        return Error(ExitCode::usage, fmt::format("{} does not take the argument '{}'", spelled(command), word),
                     see_help(command));
    return Error(ExitCode::usage, fmt::format("{} has no command '{}'", spelled(command), word),
                 hint_for(command, nearest(word, names)));
}

}  // namespace

Error usage_error(const CLI::App& app, const CLI::ParseError& failure) {
    const CLI::App& command = innermost(app);
    // A word that nobody knows is why something else is missing; a bad value is an error of its own.
    const bool is_missing = dynamic_cast<const CLI::RequiredError*>(&failure) != nullptr;
    const bool is_unknown = dynamic_cast<const CLI::ExtrasError*>(&failure) != nullptr;
    const std::vector<std::string> remaining = app.remaining(true);
    const auto unknown =
        std::find_if(remaining.begin(), remaining.end(), [](const auto& word) { return word != "--"; });
    if ((is_missing || is_unknown) && unknown != remaining.end())
        return unknown_word(command, *unknown);
    const std::vector<std::string> names = subcommand_names(command);
    if (is_missing && !names.empty())
        return Error(ExitCode::usage,
                     fmt::format("{} needs a command: one of {}", spelled(command), fmt::join(names, ", ")),
                     see_help(command));
    return Error(ExitCode::usage, failure.what(), see_help(command));
}

}  // namespace tripmig::cli
