#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

struct pg_conn;

namespace tripmig::db {

/// What tells one server that speaks PostgreSQL's protocol from another.
struct ServerSigns {
    std::string version;  ///< version(), or what the server reports of itself when a connection begins
    std::string host;
    std::string port;
    std::vector<std::string> extensions;  ///< where they were asked for
};

/// A server that is not PostgreSQL alone, and what that means for tripmig.
struct Lookalike {
    enum class Verdict {
        refused,  ///< tripmig would stop half way, or its locks would not hold
        pooled,   ///< PostgreSQL behind a pooler that shares sessions: session locks need another address
        partly    ///< some tables are not PostgreSQL's own
    };
    Verdict verdict = Verdict::refused;
    std::string_view name;
    std::string_view reason;  ///< what does not work there
    std::string_view hint;    ///< what to do
};

/// By version() first, then by extensions, then by host and port. nullopt: PostgreSQL, as far as these signs tell.
std::optional<Lookalike> find_lookalike(const ServerSigns& signs);

/// What a connection knows without a round trip.
ServerSigns signs_of(const pg_conn* connection);

/// The error for a server that is refused; nullopt for any other.
std::optional<Error> lookalike_refusal(const ServerSigns& signs, std::string_view description);

}  // namespace tripmig::db
