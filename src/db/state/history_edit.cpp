#include "db/state/history_edit.hpp"

#include <fmt/format.h>

#include "base/version.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

std::optional<std::string> null_if_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

Step add_history_step(const MigrationRecord& record, std::string_view state_schema) {
    Step step;
    step.sql = with_state(statements::add_history, state_schema);
    step.parameters = {record.kind,
                       null_if_empty(record.version),
                       record.description,
                       record.file,
                       null_if_empty(record.sha256),
                       null_if_empty(record.sha256_tokens),
                       fmt::format("{}", record.batch),
                       std::string(version()),
                       std::string(git_revision())};
    step.why = fmt::format("record {} {}", record.kind, record.version.empty() ? record.description : record.version);
    return step;
}

Step rehash_history_step(std::int64_t id, const std::string& file, const std::string& sha256,
                         const std::string& sha256_tokens, std::string_view state_schema) {
    Step step;
    step.sql = with_state(statements::rehash_history, state_schema);
    step.parameters = {fmt::format("{}", id), file, sha256, sha256_tokens};
    step.why = "record what " + file + " says now";
    return step;
}

std::map<std::string, std::vector<JournalEntry>> read_journals(Connection& connection, std::string_view state_schema) {
    std::map<std::string, std::vector<JournalEntry>> journals;
    for (const Row& row : connection.execute(with_state(statements::read_journals, state_schema)))
        journals[row.text("file")].push_back(
            {static_cast<int>(row.number("ordinal")), row.text("sha256"), row.flag("is_done"), {}});
    return journals;
}

std::set<std::string> versions_ever(Connection& connection, std::string_view state_schema) {
    std::set<std::string> versions;
    for (const Row& row : connection.execute(with_state(statements::versions_ever, state_schema)))
        versions.insert(row.text("version"));
    return versions;
}

}  // namespace tripmig::db
