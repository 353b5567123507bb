#include "swap/verify.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/json_text.hpp"

#include "cli/swap_options.hpp"
#include "sql/identifier.hpp"
#include "swap/close.hpp"

namespace tripmig::cli {

namespace {

void print(Context& context, const QualifiedName& table, const std::vector<move::Difference>& differences) {
    if (context.json) {
        nlohmann::json document{{"table", fmt::format("{}.{}", table.schema, table.name)},
                                {"equal", differences.empty()},
                                {"differences", nlohmann::json::array()}};
        for (const move::Difference& difference : differences)
            document["differences"].push_back({{"leaf", sql::quoted(difference.leaf)},
                                               {"rows", difference.plain_rows},
                                               {"leaf_rows", difference.leaf_rows},
                                               {"keys", difference.keys}});
        context.out << json_text(document) << '\n';
        return;
    }
    if (differences.empty())
        context.out << fmt::format("{}: both tables have the same rows\n", sql::quoted(table));
    for (const move::Difference& difference : differences)
        context.out << fmt::format("{}: {} rows against {}, different keys: {}\n", sql::quoted(difference.leaf),
                                   difference.plain_rows, difference.leaf_rows, fmt::join(difference.keys, "; "));
}

}  // namespace

void add_swap_verify(CLI::App& group, Commands& commands) {
    CLI::App* command =
        group.add_subcommand("verify", "Compare the old and the new table of a copy, row by row, in one snapshot");
    auto options = std::make_shared<SwapOptions>();
    add_table_argument(*command, *options);
    command->footer(
        "Exit 10 when they differ, with the keys. Rows that wait in the log for their next catch-up do not count.");
    commands.add(command, [options](Context& context) {
        const QualifiedName table = config::parse_table_name(options->table);
        swap::Server server(context.config, context.reporter, context.clock, context.stop);
        server.take_job(table);
        const auto differences = swap::verify(server, swap::require_job(server, table));
        print(context, table, differences);
        return differences.empty() ? ExitCode::ok : ExitCode::verification_difference;
    });
}

}  // namespace tripmig::cli
