#include <fmt/format.h>

#include <chrono>

#include "report/metrics_file.hpp"
#include "sql/identifier.hpp"
#include "view/partition/metrics.hpp"
#include "view/report/report.hpp"

namespace tripmig::view {

namespace {

/// Gauges in the text format.
class Gauges {
  public:
    void begin(std::string_view name, std::string_view help) {
        m_name = name;
        m_text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help);
    }
    template <typename Number>
    void add(const std::string& labels, Number value) {
        m_text += fmt::format("{}{} {}\n", m_name, labels, value);
    }
    [[nodiscard]] const std::string& text() const { return m_text; }

  private:
    std::string m_name;
    std::string m_text;
};

double seconds_of(Instant time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

void add_migrations(Gauges& gauges, const app::StatusResult& status) {
    gauges.begin("tripmig_migrations_pending", "Files that are not applied.");
    gauges.add("", status.pending);
    gauges.begin("tripmig_migrations_applied", "Rows of the history that count.");
    gauges.add("", status.migrations.size() - status.pending);
    gauges.begin("tripmig_migrations_disagree", "1: files and history disagree.");
    gauges.add("", status.has_errors() ? 1 : 0);
}

/// `more`: labels after these.
std::string job_labels(const app::JobStatus& job, const std::string& more = {}) {
    return fmt::format("{{table=\"{}\",command=\"{}\"{}}}", report::label_value(sql::quoted(job.status.table)),
                       job.status.state ? job.status.state->command() : "", more);
}

/// One metric of every open job that has it.
template <typename Value>
void add_of_jobs(Gauges& gauges, const std::vector<app::JobStatus>& jobs, std::string_view name, std::string_view help,
                 Value value) {
    gauges.begin(name, help);
    for (const app::JobStatus& job : jobs)
        if (job.status.is_open && job.status.state)
            if (const auto number = value(job))
                gauges.add(job_labels(job), *number);
}

void add_jobs(Gauges& gauges, const std::vector<app::JobStatus>& jobs) {
    using Count = std::optional<std::int64_t>;
    gauges.begin("tripmig_job_info", "1 for each open job, with its stage.");
    for (const app::JobStatus& job : jobs)
        if (job.status.is_open && job.status.state)
            gauges.add(job_labels(job, fmt::format(",stage=\"{}\"", report::label_value(job.stage))), 1);
    add_of_jobs(gauges, jobs, "tripmig_job_has_worker", "1: a process works on it.",
                [](const auto& job) { return Count(job.status.progress.worker.empty() ? 0 : 1); });
    add_of_jobs(gauges, jobs, "tripmig_job_paused", "1: somebody paused it.",
                [](const auto& job) { return Count(job.status.progress.is_paused ? 1 : 0); });
    add_of_jobs(gauges, jobs, "tripmig_job_waiting", "1: it waits for the server: load, replicas, disk.",
                [](const auto& job) { return Count(job.status.progress.hold_kind.empty() ? 0 : 1); });
    add_of_jobs(gauges, jobs, "tripmig_job_blocks", "Blocks of the table that are to be loaded.",
                [](const auto& job) { return Count(job.status.state->blocks_to_load()); });
    add_of_jobs(gauges, jobs, "tripmig_job_blocks_done", "Blocks that are loaded.",
                [](const auto& job) { return Count(job.status.progress.blocks_done); });
    add_of_jobs(
        gauges, jobs, "tripmig_job_bytes_per_second", "How fast it loads, over the last minute.", [](const auto& job) {
            const auto rate = job.status.progress.blocks_a_second;
            return rate ? std::optional(*rate * static_cast<double>(job.status.progress.block_size)) : std::nullopt;
        });
    add_of_jobs(gauges, jobs, "tripmig_job_backlog", "Changes that wait in its log, counted up to a million.",
                [](const auto& job) { return Count(job.status.progress.backlog); });
    add_of_jobs(gauges, jobs, "tripmig_job_lock_attempts", "Attempts at the locks of the cut-over.",
                [](const auto& job) {
                    const bool is_over = job.status.state->is_cut_over();
                    return Count(is_over ? job.status.state->measured.attempts : job.status.progress.attempts);
                });
    add_of_jobs(gauges, jobs, "tripmig_job_lock_wait_seconds", "How long the cut-over waited for its locks.",
                [](const auto& job) {
                    return std::optional(1e-6 * static_cast<double>(job.status.state->measured.lock_wait_us));
                });
}

void add_findings(Gauges& gauges, const app::DoctorResult& result, Instant at) {
    gauges.begin("tripmig_doctor_findings", "What doctor found.");
    for (const doctor::Severity severity : {doctor::Severity::error, doctor::Severity::warning, doctor::Severity::note})
        gauges.add(fmt::format("{{severity=\"{}\"}}", doctor::to_string(severity)), result.count(severity));
    gauges.begin("tripmig_doctor_timestamp_seconds", "When doctor looked.");
    gauges.add("", fmt::format("{:.3f}", seconds_of(at)));
}

}  // namespace

std::string report_metrics(const app::Report* report, const Freshness& freshness, std::string_view runs) {
    Gauges gauges;
    gauges.begin("tripmig_up", "1: the server was read within the last refreshes; 0: all else is as it was last seen.");
    gauges.add("", freshness.is_fresh && report != nullptr ? 1 : 0);
    if (report == nullptr)
        return gauges.text() + report::metrics_text(runs, std::vector<report::TableMetrics>{});
    gauges.begin("tripmig_read_timestamp_seconds", "When the server was last read.");
    gauges.add("", fmt::format("{:.3f}", seconds_of(report->at)));
    gauges.begin("tripmig_section_readable", "0: that part of the report could not be read.");
    const auto readable = [&](const char* name, bool is_read) {
        gauges.add(fmt::format("{{section=\"{}\"}}", name), is_read ? 1 : 0);
    };
    readable("migrations", report->migrations.result != nullptr);
    readable("partitions", report->partitions.result != nullptr);
    readable("jobs", report->jobs.result != nullptr);
    readable("doctor", report->findings.result != nullptr);
    if (report->migrations.result)
        add_migrations(gauges, *report->migrations.result);
    if (report->jobs.result)
        add_jobs(gauges, *report->jobs.result);
    if (report->findings.result)
        add_findings(gauges, *report->findings.result, report->findings_at);
    const std::vector<report::TableMetrics> tables = report->partitions.result
                                                         ? table_metrics(report->partitions.result->result)
                                                         : std::vector<report::TableMetrics>{};
    return gauges.text() + report::metrics_text(runs, tables);
}

}  // namespace tripmig::view
