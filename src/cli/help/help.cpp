#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "base/nearest.hpp"
#include "base/version.hpp"
#include "base/write_file.hpp"
#include "cli/application.hpp"
#include "cli/help/command_info.hpp"
#include "cli/print.hpp"
#include "cli/usage_error.hpp"
#include "view/help/man_page.hpp"
#include "view/help/markdown.hpp"
#include "view/help/pages.hpp"

namespace tripmig::cli {

namespace {

struct HelpFlags {
    std::vector<std::string> words;
    std::string page;
    bool is_man_page = false;
    std::string man_directory;
    bool is_markdown = false;
};

/// The whole command line, declared for itself.
struct Program {
    GlobalOptions options;
    Commands commands;
    CLI::App app{"", "tripmig"};

    Program() { declare_program(app, options, commands); }
};

/// The command that the words name; nullptr: none has that name.
const CLI::App* named(const CLI::App& app, const std::vector<std::string>& words) {
    const CLI::App* command = &app;
    for (const std::string& word : words) {
        const std::vector<const CLI::App*> found =
            command->get_subcommands([&word](const CLI::App* each) { return each->get_name() == word; });
        if (found.empty())
            return nullptr;
        command = found.front();
    }
    return command;
}

std::string known_page(const std::string& name) {
    const std::string_view text = view::page(name);
    if (text.empty()) {
        const std::string guess = nearest(name, view::page_names());
        throw Error(ExitCode::usage, fmt::format("there is no page '{}'", name),
                    guess.empty() ? fmt::format("the pages: {}", fmt::join(view::page_names(), ", "))
                                  : fmt::format("did you mean {}?", guess));
    }
    return std::string(text);
}

std::string help_text(const CLI::App& command, const std::vector<std::string>& words) {
    const CLI::App* parent = command.get_parent();
    std::string text = command.help(parent == nullptr ? "" : spelled(*parent), CLI::AppFormatMode::Normal);
    if (words.empty())
        text += fmt::format("\nPages: {}\n  tripmig help PAGE (or --page PAGE, where a command has its name)\n",
                            fmt::join(view::page_names(), ", "));
    else if (!view::page(words.front()).empty())
        text += fmt::format("\nThe whole page: tripmig help --page {}\n", words.front());
    return text;
}

Error unknown_topic(const view::CommandInfo& program, const std::string& topic) {
    std::vector<std::string> known = view::page_names();
    for (const view::CommandInfo& command : program.commands)
        known.push_back(command.name.substr(std::string_view("tripmig ").size()));
    const std::string guess = nearest(topic, known);
    return Error(ExitCode::usage, fmt::format("there is no command and no page '{}'", topic),
                 guess.empty() ? "tripmig help lists the commands and the pages"
                               : fmt::format("did you mean tripmig help {}?", guess));
}

void show_page(Context& context, const std::string& name) {
    const std::string text = known_page(name);
    write_result(context, context.json ? view::json_text(view::page_json(name)) + '\n' : text);
}

/// A command's help, or the page of that name.
void show(Context& context, const Program& program, const std::vector<std::string>& words) {
    if (const CLI::App* command = named(program.app, words); command != nullptr) {
        write_result(context, context.json ? view::json_text(view::command_json(command_info(*command))) + '\n'
                                           : help_text(*command, words));
        return;
    }
    const std::string topic = fmt::format("{}", fmt::join(words, " "));
    if (view::page(topic).empty())
        throw unknown_topic(command_info(program.app), topic);
    show_page(context, topic);
}

std::string man_page_of(const view::CommandInfo& command, const view::CommandInfo& program) {
    return view::man_page(command, program, fmt::format("tripmig {}", version()));
}

void write_man_pages(const view::CommandInfo& command, const view::CommandInfo& program,
                     const std::filesystem::path& directory) {
    const std::filesystem::path file = directory / view::man_page_file(command);
    if (const std::error_code failed = write_file(file, man_page_of(command, program)))
        throw Error(ExitCode::usage, fmt::format("cannot write {}: {}", file.string(), failed.message()));
    for (const view::CommandInfo& sub : command.commands)
        write_man_pages(sub, program, directory);
}

ExitCode help(Context& context, const HelpFlags& flags) {
    const Program program;
    if (!flags.man_directory.empty()) {
        std::filesystem::create_directories(flags.man_directory);
        const view::CommandInfo info = command_info(program.app);
        write_man_pages(info, info, flags.man_directory);
    } else if (flags.is_markdown) {
        write_result(context, view::commands_markdown(command_info(program.app)));
    } else if (flags.is_man_page) {
        const CLI::App* command = named(program.app, flags.words);
        if (command == nullptr)
            throw Error(ExitCode::usage, fmt::format("there is no command '{}'", fmt::join(flags.words, " ")),
                        "tripmig --help");
        write_result(context, man_page_of(command_info(*command), command_info(program.app)));
    } else if (!flags.page.empty()) {
        show_page(context, flags.page);
    } else {
        show(context, program, flags.words);
    }
    return ExitCode::ok;
}

}  // namespace

void add_help(CLI::App& app, Commands& commands) {
    auto flags = std::make_shared<HelpFlags>();
    CLI::App* command = app.add_subcommand("help", "Show the help of a command, or a page of the manual");
    command
        ->add_option("TOPIC", flags->words, "A command (partition split) or a page (exit-codes); default: all of them")
        ->type_name("TOPIC...");
    command->add_option("--page", flags->page, "A page of the manual, also where a command has its name")
        ->type_name("PAGE");
    command->add_flag("--man", flags->is_man_page, "The command's manual page, for man(1)");
    command->add_option("--man-pages", flags->man_directory, "Write all manual pages into this directory; for packages")
        ->type_name("DIR");
    command->add_flag("--markdown", flags->is_markdown, "All commands as one Markdown page, docs/commands.md");
    command->footer(
        "Needs no configuration, no database and no network.\n"
        "Examples:\n"
        "  tripmig help swap run\n"
        "  tripmig help exit-codes\n"
        "  tripmig help --page partitions\n"
        "  tripmig help --man up | man -l -");
    commands.add(
        command, [flags](Context& context) { return help(context, *flags); }, Needs::nothing);
}

}  // namespace tripmig::cli
