#include "cli/report/report.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/report/report.hpp"
#include "base/write_file.hpp"
#include "cli/print.hpp"
#include "config/sections/serve_config.hpp"
#include "view/html/page.hpp"
#include "view/report/report.hpp"

namespace tripmig::cli {

namespace {

struct ReportFlags {
    std::string file;
    std::string language;
};

ExitCode write_report(Context& context, const ReportFlags& flags) {
    if (flags.file.empty() && !context.json)
        throw Error(ExitCode::usage, "tripmig report needs --html FILE", "tripmig report --html report.html");
    if (flags.file == "-" && context.json)
        throw Error(ExitCode::usage, "--html - and --json would both write to stdout", "give --html a file");
    const app::Report report = app::read_report(context);
    if (context.json)
        write_result(context, view::json_text(view::report_json(&report, {})) + '\n');
    if (flags.file.empty())
        return ExitCode::ok;
    const std::string page = view::html::report_page(
        report, {flags.language == "ko" ? view::html::Language::korean : view::html::Language::english, {}});
    if (flags.file == "-") {
        write_result(context, page);
        return ExitCode::ok;
    }
    if (const std::error_code failed = write_file(flags.file, page))
        throw Error(ExitCode::refused, fmt::format("cannot write {}: {}", flags.file, failed.message()),
                    "check the directory and this user's permissions");
    context.reporter.info("report.written", fmt::format("wrote {}", flags.file));
    return ExitCode::ok;
}

}  // namespace

void add_report(CLI::App& app, Commands& commands) {
    auto flags = std::make_shared<ReportFlags>();
    flags->language = "en";
    CLI::App* command = app.add_subcommand(
        "report", "One page about migrations, partitions, jobs and doctor's findings; changes nothing");
    command->add_option("--html", flags->file, "Write the page into this file; -: to stdout")->type_name("FILE");
    command->add_option("--lang", flags->language, "The page's language: en or ko")
        ->type_name("LANG")
        ->check(CLI::IsMember(config::report_languages()));
    command->footer(
        "Examples:\n"
        "  tripmig report --html report.html\n"
        "  tripmig report --html - --lang ko > report.html\n"
        "  tripmig report --json | jq .migrations.pending\n"
        "The page needs no script, no other file and no network: send it, keep it, open it on a phone.");
    commands.add(command, [flags](Context& context) { return write_report(context, *flags); });
}

}  // namespace tripmig::cli
