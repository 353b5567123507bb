#include "db/state/altering_jobs.hpp"

#include <algorithm>

#include "db/state/state_schema.hpp"
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

}  // namespace

std::vector<AlteringJob> read_altering_jobs(Connection& connection, std::string_view state_schema) {
    std::vector<AlteringJob> jobs;
    if (!connection.execute(std::string(statements::job_table_is_readable), {std::string(state_schema)}).flag(0, 0))
        return jobs;
    const Result result = connection.execute(with_state(statements::altering_jobs, state_schema));
    for (std::size_t row = 0; row < result.rows(); ++row) {
        AlteringJob job;
        job.id = result.number(row, 0);
        job.kind = result.text(row, 1);
        job.table = {std::string(result.text(row, 2)), std::string(result.text(row, 3))};
        job.stage = result.text(row, 4);
        job.tables = oids_of(result.text(row, 5));
        jobs.push_back(std::move(job));
    }
    return jobs;
}

std::optional<std::uint32_t> altered_table(Connection& connection, const std::string& name, const std::string& bare) {
    const Result result = connection.execute(std::string(statements::altered_table), {name, bare});
    if (result.rows() == 0)
        return std::nullopt;
    return static_cast<std::uint32_t>(result.number(0, 0));
}

}  // namespace tripmig::db
