#include "app/partition/new_policy.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/write_file.hpp"
#include "config/parse_policy.hpp"
#include "partition/adopt/inspect.hpp"
#include "partition/inspect.hpp"
#include "partition/maintain.hpp"
#include "partition/overview.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace fs = std::filesystem;

namespace {

Error file_exists(const fs::path& file) {
    return {ExitCode::refused, fmt::format("{} already exists", file.string()),
            "nothing is overwritten: choose another name with --file, or move that one away"};
}

/// The table under a policy, as maintain would see it.
partition::Snapshot snapshot_under(ReadingServer& reading, const config::PartitionPolicy& policy) {
    partition::Overview overview = partition::read_overview(reading.connection(), {policy}, std::nullopt);
    partition::TableOverview& table = overview.tables.front();
    if (table.error)
        throw Error(*table.error);
    partition::inspect_newest_number(reading.server().session.get(), *table.snapshot);
    return std::move(*table.snapshot);
}

}  // namespace

NewPolicy make_policy(const Context& context, ReadingServer& reading, const QualifiedName& table,
                      const partition::DraftWishes& wishes, const std::string& origin) {
    const partition::TableFacts facts = partition::read_table_facts(reading.connection(), table);
    partition::PolicyDraft draft = partition::read_draft(reading.connection(), facts, wishes);
    const std::string name = fmt::format("the policy for {}", sql::quoted(table));
    config::PartitionPolicy policy = config::parse_policy(partition::policy_text(draft, origin), name);
    const partition::Snapshot snapshot = snapshot_under(reading, policy);
    if (!draft.premake)
        draft.premake = partition::premake_of(snapshot, policy);
    NewPolicy made;
    made.table = table;
    made.text = partition::policy_text(draft, origin);
    policy = config::parse_policy(made.text, name);
    made.notes = std::move(draft.notes);
    if (auto note = partition::first_run_note(snapshot, policy, partition::limits_of(context.config, policy)))
        made.notes.push_back(std::move(*note));
    return made;
}

fs::path policy_file_of(const Context& context, const QualifiedName& table) {
    const fs::path& dir = context.config.partitions.dir;
    if (!fs::exists(dir))
        return {};
    for (const config::PolicyFile& file : config::read_policy_files(dir))
        if (file.policy && file.policy->table == table)
            return file.file;
    return {};
}

void require_no_file(const fs::path& file) {
    std::error_code ignored;
    if (fs::symlink_status(file, ignored).type() != fs::file_type::not_found)
        throw file_exists(file);
}

void write_policy(const NewPolicy& policy) {
    std::error_code failed;
    if (policy.file.has_parent_path())
        fs::create_directories(policy.file.parent_path(), failed);
    if (!failed)
        failed = create_file(policy.file, policy.text);
    if (failed == std::errc::file_exists)
        throw file_exists(policy.file);
    if (failed)
        throw Error(ExitCode::usage, fmt::format("cannot write {}: {}", policy.file.string(), failed.message()),
                    "check the directory and the free space, or name another one with --partitions");
}

}  // namespace tripmig::app
