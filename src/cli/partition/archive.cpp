#include "app/partition/archive.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/confirm.hpp"
#include "cli/partition/partition.hpp"
#include "cli/print.hpp"
#include "view/partition/archive.hpp"

namespace tripmig::cli {

void add_partition_archive(CLI::App& partition, Commands& commands) {
    struct Flags {
        app::ArchiveOptions options;
        bool is_confirmed = false;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* command =
        partition.add_subcommand("archive", "Write a detached table into a verified file, then drop it");
    command
        ->add_option("PARTITION", flags->options.table, "The table: [schema.]name, in public when no schema is given")
        ->required();
    command->add_option("--dir", flags->options.dir, "Where the file goes; default: dir in [archive] of the policy")
        ->type_name("DIR");
    command->add_flag("--keep", flags->options.keeps, "Only write the file; the table stays, attached or not");
    add_yes_option(*command, flags->is_confirmed);
    command->footer(
        "Examples:\n"
        "  tripmig partition archive orders_2024_01 --yes\n"
        "  tripmig partition archive orders_2024_01 --keep --dir /backup\n"
        "The file is plain: `zstdcat FILE | psql` restores it, as `tripmig partition restore FILE` does.");
    commands.add(command, [flags](Context& context) {
        print(context,
              app::audited(context,
                           [&] {
                               return app::archive_partition(context, flags->options,
                                                             confirm_on_terminal(flags->is_confirmed));
                           }),
              view::archive_json);
        return ExitCode::ok;
    });
}

void add_partition_restore(CLI::App& partition, Commands& commands) {
    struct Flags {
        std::string file;
        bool attaches = false;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* command = partition.add_subcommand("restore", "Make the table of an archive again, verified");
    command->add_option("FILE", flags->file, "What `partition archive` or `partition maintain` wrote")->required();
    command->add_flag("--attach", flags->attaches, "Make it a partition again");
    accept_yes_option(*command);
    command->footer(
        "Example:\n"
        "  tripmig partition restore archive/orders/orders_2024_01.sql.zst --attach\n"
        "The file is verified before anything is sent. Owner, grants and column defaults are not in it.");
    commands.add(command, [flags](Context& context) {
        print(context,
              app::audited(context, [&] { return app::restore_partition(context, flags->file, flags->attaches); }),
              view::restore_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
