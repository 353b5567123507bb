#include "report/metrics_file.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <system_error>

#include "base/error.hpp"
#include "base/read_file.hpp"
#include "base/write_file.hpp"

namespace tripmig::report {

namespace {

struct Metric {
    std::string_view name;
    std::string_view help;
};

constexpr Metric exit_code{"tripmig_last_run_exit_code", "Exit code of the last run; 0: done, or nothing to do."};
constexpr Metric finished{"tripmig_last_run_timestamp_seconds", "When the last run ended."};
constexpr Metric last_duration{"tripmig_last_run_duration_seconds", "How long the last run took."};
constexpr Metric success{"tripmig_last_success_timestamp_seconds", "When the last run with exit code 0 ended."};
constexpr Metric ahead_seconds{"tripmig_partition_seconds_ahead",
                               "Seconds until the last partition without a gap before it is full."};
constexpr Metric ahead{"tripmig_partition_ahead", "Partitions after the present one, without a gap, up to premake."};
constexpr Metric gaps{"tripmig_partition_gaps", "Ranges between partitions that no partition holds."};
constexpr Metric default_rows{"tripmig_partition_default_rows", "Rows in DEFAULT, counted up to some ten thousand."};
constexpr Metric detach_pending{"tripmig_partition_detach_pending", "Partitions whose DETACH was interrupted."};
constexpr Metric overdue{"tripmig_partition_retention_overdue",
                         "Partitions that should have been detached more than a day ago."};
constexpr Metric detached_bytes{"tripmig_partition_detached_bytes", "Size of detached tables that are still there."};
constexpr Metric maintained{"tripmig_partition_last_success_timestamp_seconds", "When the table was last maintained."};
constexpr std::array metrics{exit_code, finished,     last_duration,  success, ahead_seconds,  ahead,
                             gaps,      default_rows, detach_pending, overdue, detached_bytes, maintained};

/// Values by metric, then by the label's text as it stands in the file.
using Values = std::map<std::string, std::map<std::string, std::string>, std::less<>>;

/// Lines of our own metrics: `name{command="up"} 0`.
Values read_values(std::string_view text) {
    Values values;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t brace = line.find('{');
        const std::size_t close = line.rfind("} ");
        if (brace == std::string_view::npos || close == std::string_view::npos || close < brace)
            continue;
        values[std::string(line.substr(0, brace))][std::string(line.substr(brace, close + 1 - brace))] =
            line.substr(close + 2);
    }
    return values;
}

void set_table(Values& values, const TableMetrics& table, double moment) {
    const std::string label = fmt::format("{{table=\"{}\"}}", label_value(table.table));
    const auto set = [&](const Metric& metric, std::int64_t value) {
        values[std::string(metric.name)][label] = fmt::format("{}", value);
    };
    if (table.seconds_ahead)
        set(ahead_seconds, *table.seconds_ahead);
    else
        values[std::string(ahead_seconds.name)].erase(label);
    set(ahead, table.ahead);
    set(gaps, table.gaps);
    set(default_rows, table.default_rows);
    set(detach_pending, table.detach_pending);
    set(overdue, table.retention_overdue);
    if (table.detached_bytes)
        set(detached_bytes, *table.detached_bytes);
    if (table.is_success)
        values[std::string(maintained.name)][label] = fmt::format("{:.3f}", moment);
}

std::string to_text(Values& values) {
    std::string text;
    for (const Metric& metric : metrics) {
        if (metric.name.rfind("tripmig_partition", 0) == 0 && values[std::string(metric.name)].empty())
            continue;
        text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", metric.name, metric.help);
        for (const auto& [labels, value] : values[std::string(metric.name)])
            text += fmt::format("{}{} {}\n", metric.name, labels, value);
    }
    return text;
}

}  // namespace

std::string label_value(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\' || c == '"')
            result += '\\';
        if (c == '\n')
            result += "\\n";
        else
            result += c;
    }
    return result;
}

std::string metrics_text(std::string_view former, const std::vector<TableMetrics>& tables) {
    Values values = read_values(former);
    for (const Metric& metric : metrics)
        if (metric.name.rfind("tripmig_partition", 0) == 0 && metric.name != maintained.name)
            values.erase(std::string(metric.name));
    for (const TableMetrics& table : tables)
        set_table(values, table, 0);
    return to_text(values);
}

std::string metrics_text(std::string_view former, const RunMetrics& run) {
    Values values = read_values(former);
    const std::string label = fmt::format("{{command=\"{}\"}}", run.command);
    const auto moment = std::chrono::duration<double>(run.finished.time_since_epoch()).count();
    const auto set = [&](const Metric& metric, std::string value) {
        values[std::string(metric.name)][label] = std::move(value);
    };
    set(exit_code, fmt::format("{}", run.exit_code));
    set(finished, fmt::format("{:.3f}", moment));
    set(last_duration, fmt::format("{:.3f}", std::chrono::duration<double>(run.duration).count()));
    if (run.exit_code == 0)
        set(success, fmt::format("{:.3f}", moment));
    for (const TableMetrics& table : run.tables)
        set_table(values, table, moment);
    return to_text(values);
}

std::string read_metrics(const std::filesystem::path& file) {
    constexpr std::size_t longest = 1UL << 20U;
    std::string text;
    std::error_code none;
    // What can't be read is not there; and nothing is waited for that a FIFO may have in it.
    if (!std::filesystem::is_regular_file(file, none) || read_file(file, longest, {}, text))
        text.clear();
    return text;
}

void write_metrics(const std::filesystem::path& file, const RunMetrics& run) {
    if (const std::error_code failed = write_file(file, metrics_text(read_metrics(file), run)))
        throw Error(ExitCode::unexpected,
                    fmt::format("cannot write the metrics file {}: {}", file.string(), failed.message()),
                    "check `metrics_file` in [report], its directory and this user's permissions");
}

}  // namespace tripmig::report
