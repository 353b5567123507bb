#include "db/state/state_schema.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/version.hpp"
#include "db/own_settings.hpp"
#include "db/run_lock.hpp"
#include "db/state/state_trust.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

Error no_room(const Error& error, std::string_view state_schema) {
    return Error(ExitCode::no_privilege,
                 fmt::format("cannot create the state schema {}: {}", sql::quote_ident(state_schema), error.message()),
                 fmt::format(
                     "let the database's owner run: CREATE SCHEMA {} AUTHORIZATION <this role>; or GRANT CREATE ON "
                     "DATABASE to it",
                     sql::quote_ident(state_schema)))
        .with_sqlstate(error.sqlstate());
}

void refuse_newer(std::int64_t found, std::string_view state_schema, std::string_view tool_version) {
    if (found <= state_version)
        return;
    throw Error(
        ExitCode::refused,
        fmt::format("the state schema {} was written by tripmig {} (state version {}); this binary knows version {}",
                    sql::quote_ident(state_schema), tool_version, found, state_version),
        "use that version of tripmig or a newer one; state is never downgraded");
}

/// The version of the tables that are there; 0: none. Throws for a newer one.
std::int64_t found_version(Connection& connection, std::string_view state_schema) {
    const Result known = connection.execute("SELECT pg_catalog.to_regclass($1) IS NOT NULL",
                                            {fmt::format("{}.meta", sql::quote_ident(state_schema))});
    if (!known.flag())
        return 0;
    const Result found =
        connection.execute(with_state("SELECT version, tool_version FROM :\"state\".meta", state_schema));
    if (found.empty())
        return 0;
    const std::int64_t version = found.row().number("version");
    refuse_newer(version, state_schema, found.row().text("tool_version"));
    return version;
}

/// What state_schema.sql creates: a table of a later version stands in that version's file alone.
constexpr std::int64_t created_version = 2;

void create_tables(Connection& connection, std::string_view state_schema) {
    const bool schema_is_there =
        connection.execute("SELECT pg_catalog.to_regnamespace($1) IS NOT NULL", {sql::quote_ident(state_schema)})
            .flag();
    std::string ddl = with_state(statements::state_schema, state_schema);
    if (schema_is_there)  // CREATE SCHEMA IF NOT EXISTS wants CREATE on the database even then
        ddl.erase(ddl.find("CREATE SCHEMA"), ddl.find(';') + 1 - ddl.find("CREATE SCHEMA"));
    connection.execute(ddl);
    if (schema_is_there)
        return;  // what others may do in a schema of theirs is their matter
    for (const Row& row : connection.execute(with_state(statements::state_schema_grants, state_schema)))
        connection.execute(row.text("revoke"));
}

void upgrade_tables(Connection& connection, std::string_view state_schema, std::int64_t found) {
    if (found < 2)
        connection.execute(with_state(statements::state_upgrade_2, state_schema));
    if (found < 3)
        connection.execute(with_state(statements::state_upgrade_3, state_schema));
    if (found < 4)
        connection.execute(with_state(statements::state_upgrade_4, state_schema));
}

Error not_the_owner(const Error& error, std::string_view state_schema) {
    return Error(
               ExitCode::no_privilege,
               fmt::format("the state schema {} was created by an older tripmig, and this role may not upgrade it: {}",
                           sql::quote_ident(state_schema), error.message()),
               "run once as the role that owns its tables")
        .with_sqlstate(error.sqlstate());
}

}  // namespace

void ensure_state(Connection& connection, std::string_view state_schema) {
    if (found_version(connection, state_schema) == state_version)
        return;
    // CREATE ... IF NOT EXISTS is not safe against others doing the same: one at a time, by a lock that ends with the
    // transaction.
    std::int64_t found = 0;
    try {
        connection.execute(
            fmt::format("BEGIN; {}; SET LOCAL lock_timeout = 0; SELECT pg_catalog.pg_advisory_xact_lock({})",
                        own_settings_local_sql(connection.server_version()), lock_key(state_schema, "state")));
        found = found_version(connection, state_schema);
        require_trusted_state(connection, state_schema);
        if (found == 0)
            create_tables(connection, state_schema);
        upgrade_tables(connection, state_schema, found == 0 ? created_version : found);
        make_state_private(connection, state_schema);
        require_trusted_state(connection, state_schema);
        connection.execute(
            with_state("INSERT INTO :\"state\".meta AS former (version, tool_version) VALUES ($1::pg_catalog.int4, $2) "
                       "ON CONFLICT (one) DO UPDATE SET version = EXCLUDED.version, tool_version = "
                       "EXCLUDED.tool_version WHERE former.version < EXCLUDED.version",
                       state_schema),
            {fmt::format("{}", state_version), std::string(version())});
        connection.execute("COMMIT");
    } catch (const Error& error) {
        connection.rollback_quietly();
        if (error.sqlstate() == "42501")
            throw found == 0 ? no_room(error, state_schema) : not_the_owner(error, state_schema);
        throw;
    }
}

}  // namespace tripmig::db
