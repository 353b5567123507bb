#include "migrate/repair.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/migrate/history_run.hpp"
#include "db/state/history_edit.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

ExitCode repair(Context& context, const std::vector<std::string>& accepted) {
    LockedTarget locked = lock_target(context, "repair");
    const std::vector<migrate::Repair> repairs =
        migrate::plan_repair(locked.target.directory, locked.target.history.applied, accepted);
    Unit unit;
    unit.name = "repair";
    for (const migrate::Repair& each : repairs)
        unit.steps.push_back(
            db::rehash_history_step(each.id, each.file, each.sha256, each.sha256_tokens, context.config.state.schema));
    if (!repairs.empty())
        change_history(context, locked, unit);
    nlohmann::json document{{"repaired", nlohmann::json::array()}};
    for (const migrate::Repair& each : repairs) {
        context.reporter.info(
            "repair.row", fmt::format("recorded what {} says now{}", each.file,
                                      each.is_accepted ? ": other statements, as accepted" : ": the same statements"));
        document["repaired"].push_back(
            {{"version", each.version}, {"file", each.file}, {"accepted", each.is_accepted}});
    }
    if (repairs.empty())
        context.reporter.info("repair.done", "nothing to do: the history has every file as it is");
    if (context.json)
        context.out << view::json_text(document) << '\n';
    return ExitCode::ok;
}

}  // namespace

void add_repair(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("repair", "Record applied files as they are now, where only their form changed");
    auto accepted = std::make_shared<std::vector<std::string>>();
    command
        ->add_option("--accept-changed", *accepted,
                     "Record this version although its statements changed: the database has what the file says")
        ->type_name("V");
    command->footer(
        "Runs nothing. Comments, white space and line ends may differ; other statements are an error (exit 4)\n"
        "that names the versions, unless each is accepted. All or nothing is recorded.\n"
        "Example:\n"
        "  tripmig repair --accept-changed 7");
    commands.add(command, [accepted](Context& context) { return repair(context, *accepted); });
}

}  // namespace tripmig::cli
