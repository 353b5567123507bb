#include "db/server_error.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <charconv>

#include "sql/source_position.hpp"

namespace tripmig::db {

ExitCode exit_code_for(std::string_view sqlstate) {
    const std::string_view error_class = sqlstate.substr(0, 2);
    if (sqlstate == "42501")  // insufficient_privilege
        return ExitCode::no_privilege;
    if (is_transient(sqlstate))
        return ExitCode::lock_deadline;
    // read_only_sql_transaction, disk_full, out_of_memory (of the lock table, mostly)
    if (sqlstate == "25006" || sqlstate == "53100" || sqlstate == "53200")
        return ExitCode::refused;
    if (error_class == "08" || error_class == "28" || sqlstate == "57P01" || sqlstate == "57P02" ||
        sqlstate == "57P03" || sqlstate == "53300" || sqlstate == "3D000")
        return ExitCode::unreachable;
    return ExitCode::unexpected;
}

namespace {

/// character_not_in_repertoire, untranslatable_character: our sessions read and write UTF-8, and this is not. A
/// database of encoding SQL_ASCII has whatever bytes its clients sent.
bool is_not_utf8(std::string_view sqlstate) {
    return sqlstate == "22021" || sqlstate == "22P05";
}

}  // namespace

ExitCode own_exit_code(std::string_view sqlstate) {
    return is_not_utf8(sqlstate) ? ExitCode::refused : exit_code_for(sqlstate);
}

std::string utf8_hint(std::string_view sqlstate) {
    if (!is_not_utf8(sqlstate))
        return {};
    return "names and values must be valid UTF-8; a database with encoding SQL_ASCII (SHOW server_encoding) can "
           "contain "
           "others: rename those objects, or move the data to a database with encoding UTF8";
}

bool is_transient(std::string_view sqlstate) {
    return sqlstate == "55P03" || sqlstate == "40P01" || sqlstate == "40001";
}

namespace {

std::string field(const pg_result* result, int code) {
    const char* value = PQresultErrorField(result, code);
    return value != nullptr ? value : "";
}

std::string detail_of(const pg_result* result) {
    std::string detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    const std::string context = field(result, PG_DIAG_CONTEXT);
    if (!context.empty())
        detail += (detail.empty() ? "" : "\n  ") + context;
    const std::string internal = field(result, PG_DIAG_INTERNAL_QUERY);
    if (!internal.empty())
        detail += (detail.empty() ? "in: " : "\n  in: ") + internal;
    return detail;
}

std::string hint_for(std::string_view sqlstate) {
    if (sqlstate == "53100")
        return "the server's disk is full: free or add space, then run the same command again";
    if (sqlstate == "53200")
        return "the server is out of memory: if its lock table is full, raise max_locks_per_transaction (it needs a "
               "restart), otherwise give it more memory; then run the same command again";
    if (sqlstate == too_many_connections)
        return "all connections that the server, the database or the role may have are in use: end idle sessions or "
               "raise the limit, then run the same command again";
    if (sqlstate == "25006")
        return "the server is read-only (a standby, or default_transaction_read_only): connect to the primary";
    if (sqlstate == "57P01")
        return "an administrator ended this session (pg_terminate_backend), or the server was shut down";
    if (sqlstate == "42501")
        return "grant the privilege to the role that migrates, or let the object's owner run this";
    return {};
}

}  // namespace

std::string without_line_end(std::string words) {
    while (!words.empty() && words.back() == '\n')
        words.pop_back();
    return words;
}

Error server_error(const pg_result* result, std::string_view sql, const std::optional<StepSource>& source) {
    const std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
    std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message.empty())
        message = PQresultErrorMessage(result);
    Error error(source ? exit_code_for(sqlstate) : own_exit_code(sqlstate), without_line_end(message));
    error.with_sqlstate(sqlstate).with_detail(detail_of(result));
    const std::string hint = field(result, PG_DIAG_MESSAGE_HINT);
    error.with_hint(!hint.empty() ? hint : source ? hint_for(sqlstate) : hint_for(sqlstate) + utf8_hint(sqlstate));
    if (source) {
        const std::string text = field(result, PG_DIAG_STATEMENT_POSITION);
        std::size_t position = 1;
        std::from_chars(text.data(), text.data() + text.size(), position);
        error.at(sql::position_in_file(*source, sql, position));
    }
    return error;
}

}  // namespace tripmig::db
