#include "partition/archive/write.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/child_process.hpp"
#include "base/civil.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "base/replace_all.hpp"
#include "base/version.hpp"
#include "db/copy/copy_session.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/without_only.hpp"
#include "partition/archive/content_sql.hpp"
#include "partition/archive/read.hpp"
#include "partition/archive/zstd_file.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace fs = std::filesystem;

namespace {

/// No name leads out of the folder, and no two lead to one file.
std::string file_name(std::string_view name) {
    std::string text;
    for (const char c : name) {
        const bool is_special =
            c == '/' || c == '%' || static_cast<unsigned char>(c) < ' ' || (c == '.' && text.empty());
        text += is_special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
    }
    return text;
}

std::string folder_name(const QualifiedName& table) {
    return table.schema == "public" ? file_name(table.name)
                                    : fmt::format("{}.{}", file_name(table.schema), file_name(table.name));
}

Manifest read_manifest(db::CopySession& session, const ArchiveOrder& order) {
    Manifest manifest;
    manifest.table = order.table;
    manifest.parent = order.parent;
    manifest.bounds = order.bounds;
    std::string columns;
    const std::string table = sql::quoted(order.table);
    for (const db::Row& row : session.execute(definition_sql(order.table))) {
        const std::string part = row.text("part");
        if (part == "column") {
            columns += fmt::format("{}    {}", columns.empty() ? "" : ",\n", row.text("sql"));
            if (!row.flag("is_generated"))
                manifest.columns.push_back(row.text("name"));
        } else if (part == "constraint") {
            manifest.after.push_back(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", table,
                                                 sql::quote_ident(row.text("name")), row.text("sql")));
        } else {
            manifest.after.push_back(ddl::without_only(row.text("sql"), order.table));
        }
    }
    if (manifest.columns.empty())
        throw Error(ExitCode::refused, fmt::format("{} has no columns: there is nothing to archive", table));
    manifest.before.push_back(fmt::format("CREATE TABLE {} (\n{}\n)", table, columns));
    const db::Result facts = session.execute(
        "SELECT pg_catalog.current_database() AS database, pg_catalog.current_setting('server_version') AS version");
    manifest.database = facts.row().text("database");
    manifest.server_version = facts.row().text("version");
    manifest.tool_version = std::string(version());
    manifest.written_at = format_rfc3339(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    return manifest;
}

/// Rows that somebody writes meanwhile are neither counted nor copied; nobody changes the table's form.
Manifest begin_snapshot(db::CopySession& session, const ArchiveOrder& order) {
    session.execute("SET client_encoding = 'UTF8'");
    session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    session.execute(fmt::format("LOCK TABLE {} IN ACCESS SHARE MODE", sql::quoted(order.table)));
    Manifest manifest = read_manifest(session, order);
    const db::Result content = session.execute(content_sql(order.table, manifest.columns));
    manifest.content = {content.row().number("rows"), content.row().text("hash")};
    return manifest;
}

nlohmann::json name_json(const QualifiedName& name) {
    return {{"schema", name.schema}, {"name", name.name}};
}

std::string manifest_line(const Manifest& manifest) {
    const nlohmann::json json{
        {"table", name_json(manifest.table)},
        {"parent", manifest.parent ? name_json(*manifest.parent) : nlohmann::json()},
        {"bounds", manifest.bounds},
        {"columns", manifest.columns},
        {"before", manifest.before},
        {"after", manifest.after},
        {"rows", manifest.content.rows},
        {"hash", manifest.content.hash},
        {"database", manifest.database},
        {"server_version", manifest.server_version},
        {"tool_version", manifest.tool_version},
        {"written_at", manifest.written_at},
    };
    return "-- manifest " + json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

constexpr std::string_view archive_settings =
    "\\set ON_ERROR_STOP on\n"
    "BEGIN;\n"
    "SET LOCAL client_encoding = 'UTF8';\n"
    "SET LOCAL standard_conforming_strings = on;\n"
    "SET LOCAL DateStyle = 'ISO, MDY';\n"
    "SET LOCAL IntervalStyle = 'postgres';\n"
    "SET LOCAL TimeZone = 'UTC';\n"
    "SET LOCAL xmloption = 'content';\n"
    "SET LOCAL search_path = pg_catalog, pg_temp;\n";

void write_text(db::CopySession& session, const Manifest& manifest, Reporter& reporter, ZstdFile& file) {
    file.write("-- tripmig archive 1\n");
    file.write(manifest_line(manifest));
    file.write(archive_settings);
    for (const std::string& statement : manifest.before)
        file.write(statement + ";\n");
    file.write(
        fmt::format("COPY {} ({}) FROM stdin;\n", sql::quoted(manifest.table), ddl::column_list(manifest.columns)));
    Event event{Severity::debug, "archive.progress", {}, {}, {}};
    std::uint64_t rows = 0;
    session.copy_out(copy_out_sql(manifest.table, manifest.columns), [&](std::string_view row) {
        file.write(row);
        constexpr std::uint64_t step = 100'000;
        if (++rows % step != 0)
            return;
        event.progress = Progress{"archive " + sql::quoted(manifest.table), rows,
                                  static_cast<std::uint64_t>(manifest.content.rows), "rows"};
        reporter.emit(event);
    });
    file.write("\\.\n");
    for (const std::string& statement : manifest.after)
        file.write(statement + ";\n");
    file.write("COMMIT;\n");
    const std::string sum = file.sha256();
    file.write(fmt::format("-- sha256 {}\n", sum));
    file.finish();
}

/// Whether the file is whole and has that content of that table.
bool is_archive_of(const fs::path& file, const Manifest& manifest, Reporter& reporter) {
    try {
        const Manifest found = read_archive(file);
        return found.table == manifest.table && found.columns == manifest.columns &&
               found.content == manifest.content && found.before == manifest.before &&
               found.database == manifest.database;
    } catch (const Error& error) {
        if (error.code() != ExitCode::refused)
            throw;
        reporter.warning("archive.damaged", error.message());
        return false;
    }
}

std::string quoted_for_shell(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

void run_command(const ArchiveOrder& order, const fs::path& file, Reporter& reporter, const StopSignal& stop) {
    if (order.command.empty())
        return;
    std::string command = order.command;
    replace_all(command, "{file}", quoted_for_shell(fs::absolute(file).string()));
    reporter.info("archive.command", fmt::format("running the archive command for {}", file.string()));
    ChildOrders orders;
    orders.arguments = {"/bin/sh", "-c", command};
    orders.error_output = ChildOrders::Stderr::with_stdout;
    orders.most_output = 1U << 20U;
    const ChildEnd end = run_child(orders);
    stop.check();
    if (end.how == ChildEnd::How::ended && end.status == 0)
        return;
    constexpr std::size_t shown = 500;
    const std::string output = end.out.size() > shown ? end.out.substr(end.out.size() - shown) : end.out;
    throw Error(ExitCode::refused,
                fmt::format("the archive command for {} ended with {}: {} is not dropped", file.string(), end.status,
                            sql::quoted(order.table)),
                "the file is whole and stays; the next run runs the command again")
        .with_detail(output);
}

Archived found_archive(const fs::path& file, Manifest manifest, bool was_there) {
    Archived archived;
    archived.file = file;
    archived.manifest = std::move(manifest);
    std::error_code none;
    archived.bytes = static_cast<std::int64_t>(fs::file_size(file, none));
    archived.was_there = was_there;
    return archived;
}

Archived write_or_find(db::CopySession& session, const ArchiveOrder& order, Reporter& reporter) {
    Manifest manifest = begin_snapshot(session, order);
    for (int number = 1;; ++number) {
        const fs::path path = archive_path(order, number);
        if (fs::exists(path)) {
            if (is_archive_of(path, manifest, reporter))
                return found_archive(path, std::move(manifest), true);
            reporter.warning("archive.other",
                             fmt::format("{} is there already and has something else in it: it stays", path.string()));
            continue;
        }
        ZstdFile file(path);
        reporter.info("archive.writing", fmt::format("writing {}", file.part().string()));
        write_text(session, manifest, reporter, file);
        session.execute("COMMIT");
        reporter.info("archive.reading", fmt::format("reading {} back", file.part().string()));
        const Manifest written = read_archive(file.part());
        if (written.content != manifest.content || written.columns != manifest.columns)
            throw Error(ExitCode::unexpected, fmt::format("{} has not what was written", file.part().string()));
        if (file.publish()) {
            reporter.info("archive.written",
                          fmt::format("wrote {}: {}", path.string(), counted(manifest.content.rows, "row")));
            return found_archive(path, std::move(manifest), false);
        }
        throw Error(ExitCode::refused, fmt::format("{} came to be there meanwhile", path.string()), "run it again");
    }
}

}  // namespace

fs::path archive_path(const ArchiveOrder& order, int number) {
    const std::string name = order.parent && order.parent->schema == order.table.schema ? file_name(order.table.name)
                                                                                        : folder_name(order.table);
    const fs::path folder = order.parent ? order.dir / folder_name(*order.parent) : order.dir;
    return folder / (number == 1 ? name + ".sql.zst" : fmt::format("{}.{}.sql.zst", name, number));
}

Archived write_archive(const config::DatabaseConfig& database, const ArchiveOrder& order, Reporter& reporter,
                       const StopSignal& stop) {
    std::optional<Archived> archived;
    {
        db::CopySession session(database, "partition-archive", reporter, stop);
        archived = write_or_find(session, order, reporter);
    }
    run_command(order, archived->file, reporter, stop);
    return std::move(*archived);
}

}  // namespace tripmig::partition
