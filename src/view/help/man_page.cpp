#include "view/help/man_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "base/replace_all.hpp"

namespace tripmig::view {

namespace {

/// A hyphen that can be copied, a backslash that is one.
std::string roff(std::string text) {
    replace_all(text, "\\", "\\e");
    replace_all(text, "-", "\\-");
    return text;
}

/// A line that begins with a dot or an apostrophe would be a macro.
std::string roff_line(const std::string& line) {
    const bool is_macro = !line.empty() && (line.front() == '.' || line.front() == '\'');
    return (is_macro ? "\\&" : "") + roff(line) + "\n";
}

std::string as_it_is(const std::string& text) {
    std::string lines = ".nf\n";
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines += roff_line(line);
    return lines + ".fi\n";
}

std::string dashed(std::string name) {
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

std::string section(const std::string& title, const std::string& body) {
    return body.empty() ? "" : ".SH " + title + "\n" + body;
}

std::string option_list(const std::vector<OptionInfo>& options) {
    std::string text;
    for (const OptionInfo& option : options)
        text += ".TP\n.B " + roff(option_text(option)) + "\n" + roff_line(description_text(option));
    return text;
}

std::string command_list(const CommandInfo& command) {
    std::string text;
    for (const CommandInfo& sub : command.commands)
        text += ".TP\n.BR " + roff(dashed(sub.name)) + " (1)\n" + roff_line(sub.summary);
    return text;
}

/// The group of a command, and what explains the exit codes.
std::string see_also(const CommandInfo& command, const CommandInfo& program) {
    std::string text;
    const std::string parent = command.name.substr(0, command.name.rfind(' '));
    if (parent != command.name && parent != program.name)
        text += ".BR " + roff(dashed(parent)) + " (1),\n";
    return command.name == program.name ? text : text + ".BR " + roff(program.name) + " (1)\n";
}

}  // namespace

std::string man_page_file(const CommandInfo& command) {
    return dashed(command.name) + ".1";
}

std::string man_page(const CommandInfo& command, const CommandInfo& program, const std::string& version) {
    std::string title = dashed(command.name);
    std::transform(title.begin(), title.end(), title.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::string page =
        fmt::format(".TH \"{}\" 1 \"\" \"{}\" \"tripmig manual\"\n.ad l\n.nh\n", roff(title), roff(version));
    page += section("NAME", fmt::format("{} \\- {}\n", roff(dashed(command.name)), roff(command.summary)));
    page += section("SYNOPSIS", ".B " + roff(usage_text(command)) + "\n");
    page += section("COMMANDS", command_list(command));
    page += section("ARGUMENTS", option_list(command.arguments));
    page += section("OPTIONS", option_list(command.options));
    if (command.name != program.name)
        page += section("OPTIONS OF EVERY COMMAND", option_list(program.options));
    page += section("NOTES", command.notes.empty() ? "" : as_it_is(command.notes));
    return page + section("SEE ALSO", see_also(command, program));
}

}  // namespace tripmig::view
