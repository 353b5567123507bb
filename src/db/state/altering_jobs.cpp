#include "db/state/altering_jobs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "db/run_lock.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

std::vector<std::uint32_t> oids_of(std::string_view text) {
    std::vector<std::uint32_t> oids;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        oids.push_back(static_cast<std::uint32_t>(std::stoul(std::string(text.substr(0, comma)))));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return oids;
}

std::vector<AlteringJob> jobs_in(const Result& found) {
    std::vector<AlteringJob> jobs;
    for (const Row& row : found) {
        AlteringJob job;
        job.id = row.number("id");
        job.kind = row.text("kind");
        job.table = row.name("table_schema", "table_name");
        job.stage = row.text("stage");
        job.tables = oids_of(row.text("tables"));
        jobs.push_back(std::move(job));
    }
    return jobs;
}

}  // namespace

std::vector<AlteringJob> read_altering_jobs(Connection& connection, std::string_view state_schema) {
    if (!connection.execute(std::string(statements::job_table_is_readable), {std::string(state_schema)}).flag())
        return {};
    return jobs_in(connection.execute(with_state(statements::altering_jobs, state_schema)));
}

std::vector<AlteringJob> read_altering_jobs(Session& session, std::string_view state_schema) {
    if (!session.flag(std::string(statements::job_table_is_readable), {std::string(state_schema)}))
        return {};
    return jobs_in(session.read(with_state(statements::altering_jobs, state_schema)));
}

std::int64_t job_lock_key(std::string_view state_schema, const QualifiedName& table) {
    return lock_key(state_schema, fmt::format("job {}.{}", table.schema, table.name));
}

std::optional<std::uint32_t> altered_table(Connection& connection, const std::string& name, const std::string& bare) {
    const Result result = connection.execute(std::string(statements::altered_table), {name, bare});
    return result.empty() ? std::nullopt : std::optional(result.row().oid("oid"));
}

}  // namespace tripmig::db
