#include "app/partition/init.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

InitResult init_policy(const Context& context, const InitOptions& options) {
    const QualifiedName table = config::parse_table_name(options.table);
    const std::filesystem::path file =
        options.file.empty() ? context.config.partitions.dir / partition::policy_file_name(table) : options.file;
    if (!options.is_dry_run)
        require_no_file(file);
    if (const auto former = policy_file_of(context, table); !former.empty())
        throw Error(ExitCode::refused, fmt::format("{} has a policy already: {}", sql::quoted(table), former.string()),
                    "a table has one policy: change that file, or remove it first");
    partition::DraftWishes wishes;
    wishes.time_zone = options.time_zone;
    if (!options.interval.empty())
        wishes.interval = config::parse_partition_interval(options.interval);
    ReadingServer reading(context, "partition-init");
    InitResult result;
    result.policy =
        make_policy(context, reading, table, wishes,
                    fmt::format("Made by `tripmig partition init` from the partitions of {}.", sql::quoted(table)));
    result.policy.file = file;
    for (const std::string& note : result.policy.notes)
        context.reporter.warning("init.note", note);
    if (options.is_dry_run)
        return result;
    write_policy(result.policy);
    result.is_written = true;
    context.reporter.info("init.done", fmt::format("wrote {}", file.string()));
    return result;
}

}  // namespace tripmig::app
