#include "app/migrate/target/drift.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/counted.hpp"
#include "base/error.hpp"

namespace tripmig::app {

namespace {

using CheckDrift = config::MigrationsConfig::CheckDrift;

constexpr std::size_t most_differences = 20;

std::string named(const std::vector<db::CatalogDifference>& drift) {
    std::vector<std::string> lines;
    for (const db::CatalogDifference& each : drift)
        if (lines.size() < most_differences)
            lines.push_back(each.text());
    if (drift.size() > most_differences)
        lines.push_back(fmt::format("and {} more", drift.size() - most_differences));
    return fmt::format("{}", fmt::join(lines, "\n"));
}

Error drift_error(const db::CatalogRecord& record, const std::vector<db::CatalogDifference>& drift) {
    return Error(ExitCode::refused,
                 fmt::format("the schema was changed by hand since {} UTC: {} {} not as recorded", record.recorded_at,
                             counted(drift.size(), "object"), drift.size() == 1 ? "is" : "are"),
                 "take the change back, or put it into a migration that finds it done (IF NOT EXISTS); `tripmig repair "
                 "--accept-drift` records the schema as it is")
        .with_detail(named(drift));
}

}  // namespace

bool records_schema(const Context& context) {
    return context.config.migrations.check_drift != CheckDrift::off;
}

std::vector<db::CatalogDifference> check_drift(const Context& context, db::Connection& connection) {
    const CheckDrift wanted = context.config.migrations.check_drift;
    const std::string& schema = context.config.state.schema;
    const auto record = db::read_catalog_record(connection, schema);
    if (!record || !record->why_not.empty()) {
        context.reporter.info("drift.unknown",
                              fmt::format("drift was not checked: {}; this run records the schema",
                                          record ? record->why_not : "no run has recorded the schema yet"));
        return {};
    }
    std::vector<db::CatalogDifference> drift = db::read_catalog_differences(connection, schema);
    if (drift.empty())
        return drift;
    const Error error = drift_error(*record, drift);
    if (wanted == CheckDrift::refuse)
        throw Error(error);
    context.reporter.warning("drift.found",
                             fmt::format("{}:\n{}\n  hint: {}", error.message(), error.detail(), error.hint()));
    return drift;
}

void record_schema(const Context& context, db::Connection& connection,
                   const std::vector<db::CatalogDifference>& kept) noexcept {
    if (context.stop.is_raised() || connection.is_broken())
        return;
    try {
        db::record_catalog(connection, context.config.state.schema, kept);
    } catch (const std::exception& error) {
        context.reporter.warning("drift.not-recorded",
                                 fmt::format("the schema was not recorded for the next drift check: {}", error.what()));
    }
}

}  // namespace tripmig::app
