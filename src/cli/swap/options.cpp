#include "cli/swap/options.hpp"

#include <CLI/CLI.hpp>

#include "base/error.hpp"

namespace tripmig::cli {

void add_table_argument(CLI::App& command, std::string& table) {
    command.add_option("TABLE", table, "The table: [schema.]name; default schema: public")->required();
}

void add_policy_options(CLI::App& command, app::SwapOptions& options) {
    add_table_argument(command, options.table);
    command
        .add_option("--strategy", options.strategy,
                    "attach: no row moves, the table becomes the partition of the past; copy: rows are copied into new "
                    "partitions")
        ->type_name("STRATEGY")
        ->check(CLI::IsMember({"attach", "copy"}));
    command.add_option("--key", options.key, "The column to partition by")->type_name("COLUMN");
    command.add_option("--interval", options.interval, "The width of a partition: \"1 month\", \"7 days\"")
        ->type_name("INTERVAL");
    command
        .add_option("--incoming-foreign-keys", options.incoming_foreign_keys,
                    "What foreign keys of other tables reference afterwards: registry (a table of all ids), composite "
                    "(the new table; their tables get the partition key too), or drop (nothing, they are dropped)")
        ->type_name("POLICY")
        ->check(CLI::IsMember({"registry", "composite", "drop"}));
    command.add_option("--drop-foreign-keys", options.dropped_keys, "With drop: the names of the foreign keys to drop")
        ->type_name("NAME[,NAME...]")
        ->delimiter(',')
        ->allow_extra_args(false);
    command
        .add_option("--unique-indexes", options.unique_indexes,
                    "What becomes of unique indexes without the partition key: key (it is added to them), or leaf "
                    "(each partition keeps its own, unique within that partition only)")
        ->type_name("POLICY")
        ->check(CLI::IsMember({"key", "leaf"}));
    command
        .add_option("--outliers", options.outliers,
                    "Where copy puts rows that lie far from the others, or before the policy's start: own (partitions "
                    "of their own), default (a DEFAULT partition), or first (one wide partition before the others, and "
                    "one up to MAXVALUE)")
        ->type_name("WHERE")
        ->check(CLI::IsMember({"own", "default", "first"}));
    command
        .add_option("--max-create", options.max_create,
                    "At most so many partitions; more are refused. Default: max_create of the policy, or of "
                    "[partitions]")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000));
}

void add_run_options(CLI::App& command, app::SwapOptions& options) {
    command
        .add_option(
            "--workers", options.workers,
            "Connections that copy and build indexes at the same time; default: swap.workers, or one per two cores")
        ->type_name("N")
        ->check(CLI::Range(1, 64));
    command.add_flag("--accept-changes", options.accepts_changes,
                     "Accept changes that others made to the table since the job began, where possible");
}

void add_cut_over_options(CLI::App& command, app::CutOverTime& time) {
    CLI::Option* until = command
                             .add_option_function<std::string>(
                                 "--until", [&time](const std::string&) { time.is_until_ready = true; },
                                 "ready: do everything that blocks nobody, and stop before the cut-over")
                             ->type_name("STAGE")
                             ->check(CLI::IsMember({"ready"}));
    command
        .add_option("--postpone-cutover-until", time.postponed_until,
                    "Cut over only after this time (UTC), or once this file is deleted; do everything else before")
        ->type_name("TIME|FILE")
        ->excludes(until);
}

}  // namespace tripmig::cli
