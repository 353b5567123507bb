#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace tripmig::report {

/// How one partitioned table stands.
struct TableMetrics {
    std::string table;
    std::optional<std::int64_t> seconds_ahead;  ///< nullopt: its partitions are no time, or have no end
    std::int64_t ahead = 0;
    std::int64_t gaps = 0;
    std::int64_t default_rows = 0;
    std::int64_t detach_pending = 0;
    std::int64_t retention_overdue = 0;
    bool is_success = false;                          ///< it was maintained
    std::optional<std::int64_t> detached_bytes = {};  ///< nullopt: nobody looked; the former value stays
};

/// One run of a command, for a monitor.
struct RunMetrics {
    std::string command;  ///< "up", "partition maintain"
    int exit_code = 0;
    Instant finished;
    std::chrono::milliseconds duration{0};
    std::vector<TableMetrics> tables = {};
};

/// The text of a metrics file after that run (Prometheus text format 0.0.4): for each command the time, duration and
/// exit code of its last run, and the time of its last success; for each partitioned table how it stood when a command
/// last looked, and when it was last maintained. What `former` says of other commands and tables stays; the success
/// that it tells of stays when this run had none. Lines of others go.
std::string metrics_text(std::string_view former, const RunMetrics& run);

/// How these tables stand now, and of `former` what it says of runs and of when tables were last maintained.
std::string metrics_text(std::string_view former, const std::vector<TableMetrics>& tables);

/// What the file says; empty when it can't be read, or is no regular file.
std::string read_metrics(const std::filesystem::path& file);

/// A label's value as the text format has it: \\, " and line ends behind a backslash.
std::string label_value(std::string_view text);

/// Puts that text in the file's place at once, as node_exporter's textfile collector wants it: a reader sees the former
/// text or the new one. Throws Error{unexpected} naming the file when it can't be written; the former one stays.
void write_metrics(const std::filesystem::path& file, const RunMetrics& run);

}  // namespace tripmig::report
