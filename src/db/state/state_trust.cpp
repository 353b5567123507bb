#include "db/state/state_trust.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "db/own_settings.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

constexpr std::size_t fault = 0;
constexpr std::size_t remedy = 1;
constexpr std::size_t is_grant = 2;
constexpr std::size_t is_foreign = 3;

/// In a session whose settings may be the users'.
Result read_faults(Connection& connection, std::string_view state_schema) {
    return connection.execute(fmt::format("{}; {}", own_settings_local_sql(connection.server_version()),
                                          with_state(statements::state_faults, state_schema)));
}

/// Of the rows that have `flag`; nullopt: none.
std::optional<Error> refusal_of(const Result& faults, std::optional<std::size_t> flag = std::nullopt) {
    constexpr std::size_t most = 10;
    std::vector<std::string> said;
    std::vector<std::string> remedies;
    for (std::size_t row = 0; row < faults.rows(); ++row) {
        if (flag && !faults.flag(row, *flag))
            continue;
        said.emplace_back(faults.text(row, fault));
        const std::string what_to_do(faults.text(row, remedy));
        if (said.size() <= most && std::find(remedies.begin(), remedies.end(), what_to_do) == remedies.end())
            remedies.push_back(what_to_do);
    }
    if (said.empty())
        return std::nullopt;
    Error error(ExitCode::refused, fmt::format("the state schema can't be trusted: {}", said.front()),
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
    if (const auto refusal = refusal_of(read_faults(connection, state_schema)))
        throw Error(*refusal);
}

void require_no_foreign_state(Connection& connection, std::string_view state_schema) {
    if (const auto refusal = refusal_of(read_faults(connection, state_schema), is_foreign))
        throw Error(*refusal);
}

void make_state_private(Connection& connection, std::string_view state_schema) {
    const Result faults = read_faults(connection, state_schema);
    for (std::size_t row = 0; row < faults.rows(); ++row)
        if (faults.flag(row, is_grant))
            connection.execute(std::string(faults.text(row, remedy)));
}

}  // namespace tripmig::db
