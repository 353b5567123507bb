#include "db/lookalike.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>

namespace tripmig::db {

namespace {

using Verdict = Lookalike::Verdict;

struct Kind {
    std::string_view in_version;   ///< a part of version(); empty: not told by it
    std::string_view extension;    ///< of this name
    std::string_view in_host;      ///< a part of the host's name
    std::string_view host_suffix;  ///< its end
    std::string_view port;         ///< empty: any
    Lookalike what;
};

constexpr std::string_view page = "; docs/beyond-one-server.md says what works there";

/// The first that fits counts.
constexpr std::array kinds{
    Kind{"CockroachDB",
         "",
         "",
         "",
         "",
         {Verdict::refused, "CockroachDB",
          "its advisory locks lock nothing, so two runs would not keep apart, and its DDL runs on after COMMIT",
          "use a migration tool that knows CockroachDB"}},
    Kind{"-YB-",
         "",
         "",
         "",
         "",
         {Verdict::refused, "YugabyteDB",
          "a migration's DDL is not rolled back with its transaction, and tables are not locked as PostgreSQL does",
          "use a migration tool that knows YugabyteDB"}},
    Kind{"Redshift",
         "",
         "",
         "",
         "",
         {Verdict::refused, "Amazon Redshift", "it has neither partitions, triggers nor advisory locks",
          "it partitions by DISTKEY and SORTKEY"}},
    Kind{"",
         "",
         "",
         ".redshift.amazonaws.com",
         "",
         {Verdict::refused, "Amazon Redshift", "it has neither partitions, triggers nor advisory locks",
          "it partitions by DISTKEY and SORTKEY"}},
    Kind{"",
         "",
         "",
         ".redshift-serverless.amazonaws.com",
         "",
         {Verdict::refused, "Amazon Redshift", "it has neither partitions, triggers nor advisory locks",
          "it partitions by DISTKEY and SORTKEY"}},
    Kind{"",
         "",
         ".dsql.",
         ".on.aws",
         "",
         {Verdict::refused, "Aurora DSQL",
          "it takes one DDL statement per transaction, and has neither partitions, triggers nor advisory locks",
          "use a migration tool that knows Aurora DSQL"}},
    Kind{"",
         "citus",
         "",
         "",
         "",
         {Verdict::partly, "Citus",
          "triggers on distributed tables are refused, and their partitions are attached in sequential mode only",
          "partition the table first, then distribute it: undistribute_table(), `tripmig swap run`, "
          "create_distributed_table()"}},
    Kind{"",
         "",
         "-pooler.",
         ".neon.tech",
         "",
         {Verdict::pooled, "Neon's pooler", "it shares sessions between clients",
          "take the host without `-pooler`, as url or as direct_url"}},
    Kind{"",
         "",
         "",
         ".pooler.supabase.com",
         "6543",
         {Verdict::pooled, "Supabase's pooler in transaction mode", "it shares sessions between clients",
          "take db.PROJECT.supabase.co, or port 5432 of the same host (session mode) with `pooler = \"session\"`, as "
          "url or as direct_url"}},
    Kind{"",
         "",
         "",
         ".postgres.database.azure.com",
         "6432",
         {Verdict::pooled, "Azure's PgBouncer", "it shares sessions between clients",
          "take port 5432, as url or as direct_url"}},
};

bool has_part(std::string_view text, std::string_view part) {
    return part.empty() || text.find(part) != std::string_view::npos;
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool fits(const Kind& kind, const ServerSigns& signs) {
    if (!kind.in_version.empty())
        return has_part(signs.version, kind.in_version);
    if (!kind.extension.empty())
        return std::find(signs.extensions.begin(), signs.extensions.end(), kind.extension) != signs.extensions.end();
    return has_part(signs.host, kind.in_host) && ends_with(signs.host, kind.host_suffix) &&
           (kind.port.empty() || kind.port == signs.port);
}

std::string text_or_empty(const char* text) {
    return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

std::optional<Lookalike> find_lookalike(const ServerSigns& signs) {
    for (const Kind& kind : kinds)
        if (fits(kind, signs))
            return kind.what;
    return std::nullopt;
}

ServerSigns signs_of(const pg_conn* connection) {
    ServerSigns signs;
    // CockroachDB reports a PostgreSQL version besides its own.
    signs.version = text_or_empty(PQparameterStatus(connection, "crdb_version"));
    if (signs.version.empty())
        signs.version = text_or_empty(PQparameterStatus(connection, "server_version"));
    signs.host = text_or_empty(PQhost(connection));
    signs.port = text_or_empty(PQport(connection));
    return signs;
}

std::optional<Error> lookalike_refusal(const ServerSigns& signs, std::string_view description) {
    const std::optional<Lookalike> found = find_lookalike(signs);
    if (!found || found->verdict != Verdict::refused)
        return std::nullopt;
    return Error(ExitCode::refused,
                 fmt::format("this is {}, not PostgreSQL ({}): {}", found->name, description, found->reason),
                 fmt::format("nothing was changed; {}{}", found->hint, page));
}

}  // namespace tripmig::db
