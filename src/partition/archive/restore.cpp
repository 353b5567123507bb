#include "partition/archive/restore.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "db/copy/copy_session.hpp"
#include "partition/archive/content_sql.hpp"
#include "partition/archive/read.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// Rows on their way from the file's reader, which gives them, to the session, which takes them.
class Rows {
  public:
    void give(std::string_view row) {
        std::unique_lock lock(m_mutex);
        m_is_ready.wait(lock, [&] { return m_rows.size() < most || m_is_given_up; });
        if (m_is_given_up)
            throw Error(ExitCode::interrupted, "given up");
        m_rows += row;
        m_is_ready.notify_all();
    }

    void end(std::exception_ptr failure) {
        const std::lock_guard lock(m_mutex);
        m_failure = std::move(failure);
        m_is_at_end = true;
        m_is_ready.notify_all();
    }

    void give_up() {
        const std::lock_guard lock(m_mutex);
        m_is_given_up = true;
        m_is_ready.notify_all();
    }

    /// False: that was all.
    bool take(std::string& piece) {
        std::unique_lock lock(m_mutex);
        m_is_ready.wait(lock, [&] { return !m_rows.empty() || m_is_at_end; });
        if (m_failure)
            std::rethrow_exception(m_failure);
        piece.clear();
        piece.swap(m_rows);
        m_is_ready.notify_all();
        return !piece.empty();
    }

  private:
    static constexpr std::size_t most = 1U << 20U;

    std::mutex m_mutex;
    std::condition_variable m_is_ready;
    std::string m_rows;
    bool m_is_at_end = false;
    bool m_is_given_up = false;
    std::exception_ptr m_failure;
};

void copy_rows(db::CopySession& session, const std::filesystem::path& file, const Manifest& manifest) {
    std::string columns;
    for (const std::string& column : manifest.columns)
        columns += (columns.empty() ? "" : ", ") + sql::quote_ident(column);
    Rows rows;
    std::thread reader([&] {
        std::exception_ptr failure;
        try {
            read_archive(file, [&](std::string_view row) { rows.give(row); });
        } catch (...) {
            failure = std::current_exception();
        }
        rows.end(failure);
    });
    try {
        session.copy_in(fmt::format("COPY {} ({}) FROM STDIN", sql::quoted(manifest.table), columns),
                        [&](std::string& piece) { return rows.take(piece); });
    } catch (...) {
        rows.give_up();
        reader.join();
        throw;
    }
    rows.give_up();
    reader.join();
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
    const auto text = [](const std::string& value) { return sql::quote_literal(value); };
    session.execute(fmt::format(
        "INSERT INTO {}.detached (table_oid, table_schema, table_name, parent_schema, parent_name, bounds, action, "
        "detached_at, due_at, is_clean) VALUES ({}::pg_catalog.regclass, {}, {}, {}, {}, {}, 'detach', "
        "pg_catalog.clock_timestamp(), NULL, true) ON CONFLICT (table_oid) DO UPDATE SET table_name = "
        "EXCLUDED.table_name",
        sql::quote_ident(state_schema), text(sql::quoted(manifest.table)), text(manifest.table.schema),
        text(manifest.table.name), text(manifest.parent->schema), text(manifest.parent->name), text(manifest.bounds)));
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

Restored restore_archive(const config::DatabaseConfig& database, const std::filesystem::path& file,
                         const std::string& state_schema, Reporter& reporter, const StopSignal& stop) {
    Restored restored;
    reporter.info("archive.reading", fmt::format("reading {}", file.string()));
    restored.manifest = read_archive(file);
    const Manifest& manifest = restored.manifest;
    db::CopySession session(database, "partition-restore", reporter, stop);
    session.execute("SET client_encoding = 'UTF8'");
    session.execute("BEGIN");
    restored.has_parent = has_parent(session, manifest, state_schema);
    make_table(session, file, manifest);
    if (restored.has_parent)
        record(session, manifest, state_schema);
    session.execute("COMMIT");
    reporter.info("archive.restored",
                  fmt::format("restored {}: {}", sql::quoted(manifest.table), counted(manifest.content.rows, "row")));
    return restored;
}

}  // namespace tripmig::partition
