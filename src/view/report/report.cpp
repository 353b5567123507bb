#include "view/report/report.hpp"

#include <nlohmann/json.hpp>

#include "view/doctor/doctor.hpp"
#include "view/error_json.hpp"
#include "view/json_values.hpp"
#include "view/migrate/status.hpp"
#include "view/partition/status.hpp"
#include "view/swap/status.hpp"

namespace tripmig::view {

namespace {

nlohmann::json recent_jobs_json(const std::vector<app::JobStatus>& jobs) {
    nlohmann::json list = nlohmann::json::array();
    for (const app::JobStatus& job : jobs) {
        nlohmann::json& each = list.emplace_back(
            job.status.state ? swap_status_json(job.status) : nlohmann::json{{"table", name_json(job.status.table)}});
        each["command"] = job.status.state ? nlohmann::json(job.status.state->command()) : nlohmann::json();
        each["stage"] = job.stage;
        each["open"] = job.status.is_open;
        each["begun_at"] = time_json(job.begun_at);
        each["moved_at"] = time_json(job.moved_at);
        each["ended_at"] = time_json(job.ended_at);
    }
    return list;
}

template <typename Result, typename Json>
void add_section(nlohmann::json& document, const char* name, const app::Section<Result>& section, Json json) {
    document[name] = section.result ? json(*section.result) : nlohmann::json();
    document["errors"][name] = section.failure ? error_json(*section.failure) : nlohmann::json();
}

}  // namespace

nlohmann::json report_json(const app::Report* report, const Freshness& freshness) {
    nlohmann::json document{{"up", freshness.is_fresh && report != nullptr},
                            {"outdated_because", text_or_null(freshness.why_not)},
                            {"at", nullptr}};
    for (const char* name : {"database", "migrations", "partitions", "jobs", "doctor", "errors"})
        document[name] = nullptr;
    if (report == nullptr)
        return document;
    document["at"] = time_json(report->at);
    document["database"] = report->database;
    add_section(document, "migrations", report->migrations, status_json);
    add_section(document, "partitions", report->partitions, partition_status_json);
    add_section(document, "jobs", report->jobs, recent_jobs_json);
    add_section(document, "doctor", report->findings, doctor_json);
    return document;
}

}  // namespace tripmig::view
