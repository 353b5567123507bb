#include "db/state/state_trust.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "db/own_settings.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

/// In a session whose settings may be the users'.
Result read_faults(Connection& connection, std::string_view state_schema) {
    return connection.execute(fmt::format("{}; {}", own_settings_local_sql(connection.server_version()),
                                          with_state(statements::state_faults, state_schema)));
}

/// nullopt: none of them counts.
std::optional<Error> build_refusal(const Result& faults, const std::function<bool(const Row&)>& counts) {
    constexpr std::size_t most = 10;
    std::vector<std::string> said;
    std::vector<std::string> remedies;
    for (const Row& row : faults) {
        if (!counts(row))
            continue;
        said.push_back(row.text("fault"));
        const std::string what_to_do = row.text("remedy");
        if (said.size() <= most && std::find(remedies.begin(), remedies.end(), what_to_do) == remedies.end())
            remedies.push_back(what_to_do);
    }
    if (said.empty())
        return std::nullopt;
    Error error(ExitCode::refused, fmt::format("the state schema cannot be trusted: {}", said.front()),
                fmt::format("find out why; then {}", fmt::join(remedies, "; ")));
    if (said.size() > most) {
        const std::size_t left = said.size() - most;
        said.resize(most);
        said.push_back(fmt::format("and {} more", left));
    }
    if (said.size() > 1)
        error.with_detail(fmt::format("also: {}", fmt::join(said.begin() + 1, said.end(), "; ")));
    return error;
}

}  // namespace

void require_trusted_state(Connection& connection, std::string_view state_schema) {
    if (const auto refusal = build_refusal(read_faults(connection, state_schema), [](const Row&) { return true; }))
        throw Error(*refusal);
}

void require_no_foreign_state(Connection& connection, std::string_view state_schema) {
    if (const auto refusal =
            build_refusal(read_faults(connection, state_schema), [](const Row& row) { return row.flag("is_foreign"); }))
        throw Error(*refusal);
}

void make_state_private(Connection& connection, std::string_view state_schema) {
    for (const Row& row : read_faults(connection, state_schema))
        if (row.flag("grants"))
            connection.execute(row.text("remedy"));
}

}  // namespace tripmig::db
