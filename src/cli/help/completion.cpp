#include "view/help/completion.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/help/completion_words.hpp"
#include "cli/application.hpp"
#include "cli/help/command_info.hpp"
#include "cli/print.hpp"

namespace tripmig::cli {

namespace {

struct CompletionFlags {
    std::string shell;
    std::string list;
};

std::string script(const std::string& shell) {
    GlobalOptions options;
    Commands commands;
    CLI::App app{"", "tripmig"};
    declare_program(app, options, commands);
    const view::CommandInfo program = command_info(app);
    return shell == "bash"  ? view::bash_completion(program)
           : shell == "zsh" ? view::zsh_completion(program)
                            : view::fish_completion(program);
}

ExitCode complete(Context& context, const CompletionFlags& flags) {
    if (!flags.list.empty()) {
        print(context, app::completion_words(context, flags.list), view::words_json, view::words_text);
        return ExitCode::ok;
    }
    if (flags.shell.empty())
        throw Error(ExitCode::usage, "tripmig completion needs a shell", "tripmig completion bash, zsh or fish");
    const std::string text = script(flags.shell);
    write_result(context, context.json ? view::json_text(view::script_json(text)) + '\n' : text);
    return ExitCode::ok;
}

}  // namespace

void add_completion(CLI::App& app, Commands& commands) {
    auto flags = std::make_shared<CompletionFlags>();
    CLI::App* command = app.add_subcommand("completion", "Print the completion script of a shell");
    CLI::Option* shell =
        command->add_option("SHELL", flags->shell, "bash, zsh or fish")->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->add_option("--list", flags->list, "What the scripts ask for when TAB is pressed, one a line")
        ->type_name("KIND")
        ->check(CLI::IsMember({"versions", "tables", "partitions"}))
        ->excludes(shell);
    command->footer(
        "The Debian package has installed all three. Without it:\n"
        "  tripmig completion bash > ~/.local/share/bash-completion/completions/tripmig\n"
        "  tripmig completion zsh > ~/.zfunc/_tripmig    fpath+=~/.zfunc before compinit\n"
        "  tripmig completion fish > ~/.config/fish/completions/tripmig.fish\n"
        "Versions are completed from the migrations directory; tables and partitions from the database, which is\n"
        "given two seconds, else from the policies.");
    commands.add(command, [flags](Context& context) { return complete(context, *flags); });
}

}  // namespace tripmig::cli
