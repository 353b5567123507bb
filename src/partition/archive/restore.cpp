#include "partition/archive/restore.hpp"

#include <fmt/format.h>

#include "base/civil.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "db/copy/copy_session.hpp"
#include "db/state/detached_store.hpp"
#include "ddl/index_definition.hpp"
#include "partition/archive/content_sql.hpp"
#include "partition/archive/read.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// The file is verified once more on its way: what read_archive() throws ends the transaction.
void copy_rows(db::CopySession& session, const std::filesystem::path& file, const Manifest& manifest) {
    session.copy_in(
        fmt::format("COPY {} ({}) FROM STDIN", sql::quoted(manifest.table), ddl::column_list(manifest.columns)),
        [&](const db::CopySend& send) { read_archive(file, send); });
}

void require_content(db::CopySession& session, const std::filesystem::path& file, const Manifest& manifest) {
    if (!session.execute(has_content_sql(manifest.table, manifest.columns, manifest.content)).flag())
        throw Error(ExitCode::verification_difference,
                    fmt::format("what the server has got is not what is in {}: nothing was restored", file.string()),
                    "look for triggers and rules on the database that change rows");
}

void make_table(db::CopySession& session, const std::filesystem::path& file, const Manifest& manifest) {
    try {
        for (const std::string& statement : manifest.before)
            session.execute(statement);
    } catch (const Error& error) {
        if (error.sqlstate() == "42P07")
            throw error.rewrapped(ExitCode::refused)
                .with_hint(fmt::format("rename or drop it first; {} stays", file.string()));
        throw;
    }
    copy_rows(session, file, manifest);
    for (const std::string& statement : manifest.after)
        session.execute(statement);
    require_content(session, file, manifest);
}

/// A partition of nobody that `partition attach` knows.
void record(db::CopySession& session, const Manifest& manifest, const std::string& state_schema) {
    const db::Result found = session.execute(
        fmt::format("SELECT {}::pg_catalog.regclass::pg_catalog.oid AS oid, pg_catalog.to_char("
                    "pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS moment",
                    sql::quote_literal(sql::quoted(manifest.table))));
    db::DetachedTable table;
    table.oid = found.row().oid("oid");
    table.name = manifest.table;
    table.parent = manifest.parent.value();
    table.bounds = manifest.bounds;
    table.action = "detach";
    table.detached_at = parse_timestamp(found.row().text("moment")).value();
    table.is_clean = true;
    session.execute(db::record_detached_step(state_schema, table));
}

bool has_parent(db::CopySession& session, const Manifest& manifest, const std::string& state_schema) {
    if (!manifest.parent || manifest.bounds.empty())
        return false;
    return session
        .execute(fmt::format("SELECT EXISTS (SELECT FROM pg_catalog.pg_partitioned_table WHERE partrelid = "
                             "pg_catalog.to_regclass({})) AND pg_catalog.to_regclass({}) IS NOT NULL",
                             sql::quote_literal(sql::quoted(*manifest.parent)),
                             sql::quote_literal(sql::quote_ident(state_schema) + ".detached")))
        .flag();
}

}  // namespace

bool restore_archive(const config::DatabaseConfig& database, const std::filesystem::path& file,
                     const Manifest& manifest, const std::string& state_schema, Reporter& reporter,
                     const StopSignal& stop) {
    db::CopySession session(database, "partition-restore", reporter, stop);
    session.execute("SET client_encoding = 'UTF8'");
    session.execute("BEGIN");
    const bool is_recorded = has_parent(session, manifest, state_schema);
    make_table(session, file, manifest);
    if (is_recorded)
        record(session, manifest, state_schema);
    session.execute("COMMIT");
    reporter.info("archive.restored",
                  fmt::format("restored {}: {}", sql::quoted(manifest.table), counted(manifest.content.rows, "row")));
    return is_recorded;
}

}  // namespace tripmig::partition
