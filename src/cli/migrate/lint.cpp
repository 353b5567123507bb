#include "app/migrate/lint.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/lint.hpp"

namespace tripmig::cli {

namespace {

struct LintFlags {
    std::vector<std::string> files;
    bool lists_statements = false;
    bool for_github = false;
};

ExitCode lint(Context& context, const LintFlags& flags) {
    const app::LintResult result = app::lint_migrations(context, {flags.files, flags.lists_statements || context.json});
    const bool shows_statements = flags.lists_statements || result.is_of_named_files;
    print(context, result, view::lint_json,
          flags.for_github   ? view::lint_github_text
          : shows_statements ? view::lint_statements_text
                             : view::lint_text);
    context.reporter.info("lint.done", view::lint_summary(result));
    return result.exit_code();
}

}  // namespace

void add_lint(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("lint", "Show what each statement locks, rewrites and reads, and find dangerous ones");
    auto flags = std::make_shared<LintFlags>();
    command->add_option("FILE", flags->files, "SQL files, or directories of them; default: the migrations directory")
        ->type_name("");
    command->add_flag("--statements", flags->lists_statements,
                      "List every statement with its locks (default for named files, up to 1000 statements)");
    command->add_flag("--github", flags->for_github, "Print findings as annotations for GitHub Actions");
    command->footer(
        "Exit code 4: there is an error that no `-- tripmig: ignore=RULE reason` covers. Needs no database.\n"
        "docs/lint.md explains every rule, with the safe form. A file that cannot be split into statements is an\n"
        "error (exit 2).\n"
        "Examples:\n"
        "  tripmig lint                       the whole migrations directory\n"
        "  tripmig lint db/fixtures           every SQL file of another directory\n"
        "  tripmig lint migrations/V9__x.sql  one file, knowing the files before it\n"
        "  tripmig --json lint | jq '.files[].statements[].locks'");
    commands.add(command, [flags](Context& context) { return lint(context, *flags); });
}

}  // namespace tripmig::cli
