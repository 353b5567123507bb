#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "app/doctor/doctor.hpp"
#include "app/migrate/status.hpp"
#include "app/partition/status.hpp"
#include "app/swap/jobs.hpp"
#include "base/error.hpp"

namespace tripmig::app {

/// A part of the report: what was found, or why it could not be looked at.
template <typename Result>
struct Section {
    std::shared_ptr<const Result> result;
    std::optional<Error> failure;
};

/// A database and its files, at one time.
struct Report {
    Instant at;            ///< by this machine's clock
    std::string database;  ///< "host=... dbname=... user=..."
    Section<StatusResult> migrations;
    Section<PartitionStatus> partitions;
    Section<std::vector<JobStatus>> jobs;
    Section<DoctorResult> findings;
    Instant findings_at;
};

/// Changes nothing. What fails stays with its section; a server that can't be reached, and a signal, are thrown.
/// `former_findings`: a look of doctor that is to be kept, with its time; null: it looks again.
Report read_report(const Context& context, const Report* former_findings = nullptr);

}  // namespace tripmig::app
