#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "cli/print.hpp"
#include "view/help/pages.hpp"

namespace tripmig::cli {

namespace {

ExitCode explain(Context& context, const std::string& code) {
    const std::string text = view::explain(code);
    if (text.empty()) {
        const std::string guess = nearest(code, view::explained_codes());
        throw Error(ExitCode::usage, fmt::format("no page explains '{}'", code),
                    guess.empty()
                        ? "a code is an exit code (11), a rule of `lint` (set-not-null) or a check of `doctor` "
                          "(health.old_transactions)"
                        : fmt::format("did you mean {}?", guess));
    }
    if (context.json)
        write_result(context, view::json_text(view::explanation_json(code, text)) + '\n');
    else
        write_result(context, text);
    return ExitCode::ok;
}

}  // namespace

void add_explain(CLI::App& app, Commands& commands) {
    auto code = std::make_shared<std::string>();
    CLI::App* command =
        app.add_subcommand("explain", "What an exit code, a lint rule or a doctor check means, and what helps");
    command->add_option("CODE", *code, "11, set-not-null, health.old_transactions")->required();
    command->footer(
        "Needs no configuration and no database.\n"
        "Examples:\n"
        "  tripmig explain 11                       the exit code of the last command\n"
        "  tripmig explain set-not-null             a finding of `tripmig lint`\n"
        "  tripmig explain connection.pooler        a check of `tripmig doctor`");
    commands.add(
        command, [code](Context& context) { return explain(context, *code); }, Needs::nothing);
}

}  // namespace tripmig::cli
