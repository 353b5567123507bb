#include "view/help/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/replace_all.hpp"

namespace tripmig::view {

namespace {

/// A cell of a table: one line, without what ends a cell or begins a tag.
std::string cell(std::string text) {
    replace_all(text, "|", "\\|");
    replace_all(text, "<", "&lt;");
    replace_all(text, "\n", " ");
    return text;
}

std::string option_table(const std::vector<OptionInfo>& options) {
    if (options.empty())
        return "";
    std::string text = "| option | does |\n|---|---|\n";
    for (const OptionInfo& option : options)
        text += fmt::format("| `{}` | {} |\n", cell(option_text(option)), cell(description_text(option)));
    return text + "\n";
}

std::string anchor(std::string name) {
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

std::string contents(const CommandInfo& command) {
    std::string text;
    for (const CommandInfo& sub : command.commands)
        text += sub.commands.empty()
                    ? fmt::format("| [`{0}`](#{1}) | {2} |\n", sub.name, anchor(sub.name), cell(sub.summary))
                    : contents(sub);
    return text;
}

std::string chapter(const CommandInfo& command) {
    std::string text;
    for (const CommandInfo& sub : command.commands) {
        text += fmt::format("## {}\n\n{}.\n\n```\n{}\n```\n\n", sub.name, sub.summary, usage_text(sub));
        std::vector<OptionInfo> all = sub.arguments;
        all.insert(all.end(), sub.options.begin(), sub.options.end());
        text += option_table(all);
        if (!sub.notes.empty())
            text += fmt::format("```\n{}\n```\n\n", sub.notes);
        text += chapter(sub);
    }
    return text;
}

}  // namespace

std::string commands_markdown(const CommandInfo& program) {
    std::string text =
        "# Commands\n\nThis page is made by `tripmig help --markdown` from what the program declares. `tripmig COMMAND "
        "--help` shows the same on a\nterminal; the packages have it as manual pages (`man tripmig-up`).\n\n";
    text += "| command | does |\n|---|---|\n" + contents(program) + "\n";
    text += "## Options of every command\n\n" + option_table(program.options);
    text += chapter(program);
    while (text.size() > 1 && text.substr(text.size() - 2) == "\n\n")
        text.pop_back();
    return text;
}

}  // namespace tripmig::view
