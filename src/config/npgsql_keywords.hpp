#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripmig::config {

/// What one of Npgsql's key words means to libpq.
struct NpgsqlKeyword {
    enum class Meaning {
        parameter,       ///< the value as it is, under the name `target`
        host,            ///< hosts, each perhaps with a port
        ssl_mode,        ///< Disable, Require, VerifyCA... to libpq's spelling
        lower_case,      ///< the same words in lower case
        server_setting,  ///< `-c target=value` in `options`
        server_options,  ///< libpq's `options`
        trust,           ///< Trust Server Certificate: libpq's sslmode says it already; a contradiction is an error
        revocation,      ///< Check Certificate Revocation: false only
        none             ///< about Npgsql itself: its pool, its buffers, its own time-outs
    };
    std::string_view name;  ///< lower case, no blanks: as normalised() makes it
    Meaning meaning;
    std::string_view target;
};

/// nullptr when Npgsql has no such key word. Blanks, underscores and case do not count ("User Id", "userid").
const NpgsqlKeyword* find_npgsql_keyword(std::string_view written);

/// "did you mean Database?", or empty.
std::string npgsql_hint(std::string_view written);

}  // namespace tripmig::config
