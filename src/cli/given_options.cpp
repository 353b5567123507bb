#include "cli/given_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

namespace tripmig::cli {

namespace {

/// A connection string, wherever it stands.
bool may_be_secret(const CLI::Option& option, std::string value) {
    std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::tolower(c); });
    return option.get_name() == "--url" || value.find("://") != std::string::npos ||
           value.find("password") != std::string::npos || value.find("pwd=") != std::string::npos;
}

std::string shown(const CLI::Option& option, const std::string& value) {
    if (may_be_secret(option, value))
        return "(hidden)";
    return !value.empty() && value.find_first_of(" \t\n'\"") == std::string::npos ? value : "'" + value + "'";
}

void add(std::string& text, const std::string& word) {
    text += (text.empty() ? "" : " ") + word;
}

void add_option(std::string& text, const CLI::Option& option) {
    const std::string name = option.get_positional() ? std::string() : option.get_name();
    const bool is_flag = option.get_expected_max() == 0;
    if (!name.empty())
        add(text, name);
    for (const std::string& value : option.results())
        if (!is_flag)
            add(text, shown(option, value));
        else if (value != "true" && value != "1")
            text += "=" + shown(option, value);
}

}  // namespace

std::string given_options(const CLI::App& app) {
    std::string text;
    for (const CLI::App* each = &app; each != nullptr;) {
        for (const CLI::Option* option : each->get_options())
            if (option->count() > 0)
                add_option(text, *option);
        const auto chosen = each->get_subcommands();
        each = chosen.empty() ? nullptr : chosen.front();
    }
    return text;
}

}  // namespace tripmig::cli
