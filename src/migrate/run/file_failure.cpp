#include "migrate/run/file_failure.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace tripmig::migrate {

namespace {

/// 57P01: the server had no quarrel with the file.
std::string ended_session_hint(const Migration& migration, bool is_half_way) {
    return fmt::format(
        "an administrator ended this session (pg_terminate_backend), or the server was shut down; {}; "
        "run the same command again",
        is_half_way ? "the statements before it are done and recorded"
                    : fmt::format("nothing of {} was applied", migration.file));
}

/// A CALL or DO in a transaction tried to end it (2D000).
constexpr std::string_view committing_hint =
    "a CALL or DO that commits must run outside a transaction: put `-- tripmig: transaction=off` above the first "
    "statement";

}  // namespace

Error file_failure(const Error& error, const Migration& migration, bool is_half_way) {
    const bool is_named = error.position() || error.message().rfind(migration.file, 0) == 0;
    const std::string prefix = is_named ? std::string() : migration.file + ": ";
    if (error.code() != ExitCode::unexpected && error.code() != ExitCode::migration_failed) {
        Error failure = error.rewrapped(error.code(), prefix);
        return error.sqlstate() == "57P01" ? failure.with_hint(ended_session_hint(migration, is_half_way)) : failure;
    }
    Error failure = error.rewrapped(is_half_way ? ExitCode::stopped_half_way : ExitCode::migration_failed, prefix);
    if (error.sqlstate() == "2D000")
        failure.with_hint(std::string(committing_hint));
    else if (error.hint().empty())
        failure.with_hint(is_half_way ? "the statements before it are done and recorded; fix the file and run the same "
                                        "command again: it resumes here"
                                      : "the whole file was rolled back; fix it and run the same command again");
    return failure;
}

}  // namespace tripmig::migrate
