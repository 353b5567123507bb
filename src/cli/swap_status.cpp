#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/swap_options.hpp"
#include "db/table_catalog.hpp"
#include "sql/identifier.hpp"
#include "swap/server.hpp"

namespace tripmig::cli {

namespace {

ExitCode status(Context& context, const SwapOptions& options) {
    const QualifiedName table = config::parse_table_name(options.table);
    swap::Server server(context.config, context.reporter, context.clock, context.stop);
    if (const auto job = db::find_last_job(server.session(), context.config.state.schema, table)) {
        const swap::SwapState state = swap::from_job(*job);
        if (job->is_finished)
            print_swap(context, table, &state);
        else
            print_status(context, table, state, swap::read_progress(server, state));
        return ExitCode::ok;
    }
    const auto info = db::read_table(server.session(), table);
    if (!info)
        throw Error(ExitCode::refused, fmt::format("there is no table {}", sql::quoted(table)), "check the name");
    if (info->is_partitioned())
        print_swap(context, table, nullptr);
    else if (context.json)
        context.out << nlohmann::json{{"table", table.schema + "." + table.name}, {"stage", "none"}}.dump(2) << '\n';
    else
        context.out << fmt::format("{}: no swap was begun\n", sql::quoted(table));
    return ExitCode::ok;
}

}  // namespace

void add_swap_status(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("status", "How far the swap of a table is; changes nothing");
    auto options = std::make_shared<SwapOptions>();
    add_table_argument(*command, *options);
    commands.add(command, [options](Context& context) { return status(context, *options); });
}

}  // namespace tripmig::cli
