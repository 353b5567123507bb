#include "job/verify/verify.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/swap/options.hpp"
#include "job/session.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

nlohmann::json to_json(const std::vector<backfill::Difference>& differences) {
    nlohmann::json list = nlohmann::json::array();
    for (const backfill::Difference& difference : differences)
        list.push_back({{"leaf", sql::quoted(difference.leaf)},
                        {"rows", difference.plain_rows},
                        {"leaf_rows", difference.leaf_rows},
                        {"keys", difference.keys}});
    return list;
}

void print_differences(Context& context, const std::vector<backfill::Difference>& differences) {
    for (const backfill::Difference& difference : differences)
        context.out << fmt::format("{}: {} rows against {}, different keys: {}\n", sql::quoted(difference.leaf),
                                   difference.plain_rows, difference.leaf_rows, fmt::join(difference.keys, "; "));
}

void print(Context& context, const QualifiedName& table, const job::Verification& found) {
    const std::string name = sql::quoted(table);
    if (context.json) {
        const nlohmann::json document{{"table", fmt::format("{}.{}", table.schema, table.name)},
                                      {"equal", found.is_equal()},
                                      {"differences", to_json(found.copy)},
                                      {"registry_differences", to_json(found.registry)}};
        context.out << view::json_text(document) << '\n';
        return;
    }
    if (found.has_copy && found.copy.empty())
        context.out << fmt::format("{}: both tables have the same rows\n", name);
    print_differences(context, found.copy);
    if (found.has_registry && found.registry.empty())
        context.out << fmt::format("{}: the registry has the ids of its rows\n", name);
    if (!found.registry.empty())
        context.out << fmt::format("{}: the registry differs from the table\n", name);
    print_differences(context, found.registry);
}

/// A registry outlives the job that made it.
job::Verification verify(job::Session& server, const QualifiedName& table) {
    if (const auto job = server.open_job(table)) {
        job::State state = job::from_job(*job);
        return job::verify(server, state);
    }
    job::Verification found;
    found.registry = job::verify_registry(server, table);
    found.has_registry = true;
    return found;
}

}  // namespace

void add_swap_verify(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand(
        "verify", "Compare the old and the new table of a copy, and a registry with its table, each in one snapshot");
    auto options = std::make_shared<SwapOptions>();
    add_table_argument(*command, *options);
    command->footer(
        "Exit 10 when they differ, with the keys. Rows that wait in the log for their next catch-up do not count. A "
        "registry can be verified at any time, also when its swap was finished long ago. Before the cut-over a "
        "difference bars it until a later comparison finds none.");
    commands.add(command, [options](Context& context) {
        const QualifiedName table = config::parse_table_name(options->table);
        job::Session server(context.config, context.reporter, context.clock, context.stop);
        server.take_job(table);
        const job::Verification found = verify(server, table);
        for (const std::string& problem : job::registry_problems(server.session(), table))
            context.reporter.warning("swap.registry", problem);
        print(context, table, found);
        return found.is_equal() ? ExitCode::ok : ExitCode::verification_difference;
    });
}

}  // namespace tripmig::cli
