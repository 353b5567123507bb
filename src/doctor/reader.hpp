#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "db/connection.hpp"
#include "doctor/finding.hpp"

namespace tripmig::doctor {

/// Reads for checks: each query in a read-only transaction of its own, with at most 10 seconds and half a second for a
/// lock.
class Reader {
  public:
    explicit Reader(db::Connection& connection) : m_connection(connection) {}

    db::Result rows(std::string_view sql, const db::Parameters& parameters = {});

    [[nodiscard]] db::Connection& connection() { return m_connection; }

  private:
    db::Connection& m_connection;
};

/// What helps somebody who may not see, or has no time to.
std::string remedy_of(const Error& error);

/// What `read` finds, or why it could not: what concerns no other check. A lost connection, a signal and a defect are
/// thrown.
template <typename Read>
auto see(db::Connection& connection, Read read) -> Seen<decltype(read())> {
    try {
        return {read(), {}, {}};
    } catch (const Error& error) {
        if (connection.is_broken() || error.code() == ExitCode::interrupted || error.code() == ExitCode::terminated)
            throw;
        return {std::nullopt, error.message(), remedy_of(error)};
    }
}

}  // namespace tripmig::doctor
