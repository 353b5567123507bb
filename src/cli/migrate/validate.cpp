#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/migrate/migration_target.hpp"
#include "migrate/pieces.hpp"
#include "migrate/scripts.hpp"
#include "view/json_text.hpp"
#include "view/migration_findings.hpp"

namespace tripmig::cli {

namespace {

ExitCode validate(Context& context, bool is_strict) {
    MigrationTarget target = look_at(context, "validate", is_strict);
    const std::vector<migrate::HalfWay> half_way = find_half_way(context, target);
    // What is pending must at least be readable: a typo in a directive is found here, not in the deploy.
    for (const migrate::Migration* file : target.comparison.pending)
        migrate::require_readable(target.directory.scripts->take(*file), *file);
    if (context.json) {
        nlohmann::json document{{"valid", !target.comparison.has_errors()},
                                {"pending", target.comparison.pending.size()},
                                {"stopped", nlohmann::json::array()},
                                {"findings", view::findings_json(target.comparison.findings)}};
        for (const migrate::HalfWay& each : half_way)
            document["stopped"].push_back(
                {{"file", each.file}, {"statement", each.next}, {"of", each.total}, {"line", each.line}});
        context.out << view::json_text(document) << '\n';
        return target.comparison.has_errors() ? ExitCode::disagreement : ExitCode::ok;
    }
    migrate::require_agreement(target.comparison);
    tell_warnings(context, target.comparison);
    context.out << fmt::format("files and history agree: {} applied, {} pending\n", target.history.applied.size(),
                               target.comparison.pending.size());
    return ExitCode::ok;
}

}  // namespace

void add_validate(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("validate", "Do the files and the database's history agree? Changes nothing");
    auto is_strict = std::make_shared<bool>(false);
    command->add_flag("--strict", *is_strict, "Versions in the database that these files lack are an error");
    command->footer("Exit code 4 when they do not; the message names each file and what to do.");
    commands.add(command, [is_strict](Context& context) { return validate(context, *is_strict); });
}

}  // namespace tripmig::cli
