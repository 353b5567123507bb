#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/report/watch.hpp"
#include "cli/duration_option.hpp"
#include "cli/print.hpp"
#include "cli/report/published.hpp"
#include "cli/report/report.hpp"
#include "config/sections/serve_config.hpp"
#include "http/server.hpp"

namespace tripmig::cli {

namespace {

struct ServeFlags {
    std::string listen;
    std::string refresh;
    std::string language;
};

config::ServeConfig settings_of(const Context& context, const ServeFlags& flags) {
    config::ServeConfig settings = config::load_serve_config(context.config.file);
    if (!flags.listen.empty())
        settings.listen = flags.listen;
    if (!flags.language.empty())
        settings.language = flags.language;
    if (!flags.refresh.empty())
        settings.refresh = parse_duration_option("--refresh", flags.refresh);
    if (settings.refresh < std::chrono::seconds(1))
        throw Error(ExitCode::usage, "--refresh is less than a second", "the server is read that often; 15s is plenty");
    return settings;
}

ExitCode serve(Context& context, const ServeFlags& flags) {
    const config::ServeConfig settings = settings_of(context, flags);
    Published* published = nullptr;
    // It listens before anything is read: a port that is taken is told at once.
    http::Server server(http::parse_address(settings.listen),
                        [&](const http::Request& request) { return published->answer(request); });
    app::ReportWatch watch(context, settings.refresh);
    Published pages(watch, context.config.report.metrics_file,
                    settings.language == "ko" ? view::html::Language::korean : view::html::Language::english);
    published = &pages;
    context.reporter.info("serve.listening", fmt::format("listening on http://{}", server.address()));
    server.run(context.stop);
    if (context.json)
        write_result(
            context,
            view::json_text(nlohmann::json{{"address", server.address()}, {"reads", watch.now().reads}}) + '\n');
    context.out.flush();
    // A server that does not answer is not waited for: nothing is written, and it sees the connection end.
    if (!watch.ends_within(std::chrono::milliseconds(500)))
        std::_Exit(0);
    return ExitCode::ok;
}

}  // namespace

void add_serve(CLI::App& app, Commands& commands) {
    auto flags = std::make_shared<ServeFlags>();
    CLI::App* command =
        app.add_subcommand("serve", "Serve the report, metrics and probes over HTTP until SIGTERM; changes nothing");
    command->add_option("--listen", flags->listen, "Where to listen; default: 127.0.0.1:9187, this machine alone")
        ->type_name("HOST:PORT");
    command->add_option("--refresh", flags->refresh, "How often the database is read; default: 15s")
        ->type_name("DURATION");
    command->add_option("--lang", flags->language, "The page's language: en or ko; /?lang=ko asks for another")
        ->type_name("LANG")
        ->check(CLI::IsMember(config::report_languages()));
    command->footer(
        "Examples:\n"
        "  tripmig serve\n"
        "  tripmig serve --listen :9187 --refresh 30s    for all who can reach it\n"
        "  curl --silent localhost:9187/metrics\n"
        "Answers /metrics (Prometheus), /status.json, / (the report), /healthz (the process lives) and /readyz (503 "
        "while\n"
        "the database can't be read; what was read last is still served, and marked). The database is read once per\n"
        "refresh, however many ask. Defaults stand in [serve] of tripmig.toml. SIGTERM ends it with exit code 0.");
    commands.add(command, [flags](Context& context) { return serve(context, *flags); });
}

}  // namespace tripmig::cli
