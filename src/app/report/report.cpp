#include "app/report/report.hpp"

#include <filesystem>

#include "db/connection.hpp"
#include "db/connection_parameters.hpp"

namespace tripmig::app {

namespace {

/// What one section's own commands say while they look is in its result.
class Quiet final : public Reporter {
  public:
    void emit(const Event& /*event*/) override {}
};

bool ends_everything(const Error& error) {
    return error.code() == ExitCode::unreachable || error.code() == ExitCode::interrupted ||
           error.code() == ExitCode::terminated;
}

template <typename Read>
auto section(const Context& context, Read read) {
    Section<decltype(read())> found;
    context.stop.check();
    try {
        found.result = std::make_shared<const decltype(read())>(read());
    } catch (const Error& error) {
        if (ends_everything(error))
            throw;
        found.failure = error;
    }
    return found;
}

/// Without a folder of policies there are none.
PartitionStatus partitions_of(const Context& context) {
    std::error_code ignored;
    if (std::filesystem::is_directory(context.config.partitions.dir, ignored))
        return partition_status(context, {});
    return {context.config.partitions.dir, {context.clock.now(), {}}};
}

/// Its server can be reached no more: as every other section has it.
DoctorResult findings_of(const Context& context) {
    DoctorResult result = examine(context, {});
    if (result.unreachable)
        throw Error(*result.unreachable);
    return result;
}

std::string database_of(const Context& context) {
    const config::DatabaseConfig database = db::direct_connection(context.config.database);
    const db::Connection connection(database, "report", context.reporter, context.stop, db::SessionSettings::own);
    return connection.description();
}

}  // namespace

Report read_report(const Context& context, const Report* former_findings) {
    Quiet quiet;
    const Context silent{context.config, quiet, context.stop, context.clock, context.environment};
    Report report;
    report.at = context.clock.now();
    report.migrations = section(silent, [&] { return migration_status(silent, true); });
    report.database = report.migrations.result ? report.migrations.result->database : database_of(silent);
    report.partitions = section(silent, [&] { return partitions_of(silent); });
    report.jobs = section(silent, [&] { return recent_jobs(silent); });
    if (former_findings != nullptr) {
        report.findings = former_findings->findings;
        report.findings_at = former_findings->findings_at;
    } else {
        report.findings = section(silent, [&] { return findings_of(silent); });
        report.findings_at = context.clock.now();
    }
    return report;
}

}  // namespace tripmig::app
