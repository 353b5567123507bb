#include "view/partition/metrics.hpp"

#include "sql/identifier.hpp"

namespace tripmig::view {

namespace {

report::TableMetrics metrics_of(const QualifiedName& table, const partition::TableHealth& health) {
    report::TableMetrics metrics;
    metrics.table = sql::quoted(table);
    metrics.seconds_ahead = health.seconds_ahead;
    metrics.ahead = health.ahead;
    metrics.gaps = static_cast<std::int64_t>(health.gaps);
    metrics.default_rows = health.default_rows;
    metrics.detach_pending = static_cast<std::int64_t>(health.detach_pending);
    metrics.retention_overdue = static_cast<std::int64_t>(health.retention_overdue);
    metrics.detached_bytes = health.detached_bytes;
    return metrics;
}

}  // namespace

std::vector<report::TableMetrics> table_metrics(const partition::MaintainResult& result) {
    std::vector<report::TableMetrics> tables;
    for (const partition::TableOutcome& outcome : result.tables) {
        if (!outcome.health)
            continue;
        tables.push_back(metrics_of(outcome.table, *outcome.health));
        tables.back().is_success = outcome.errors.empty();
    }
    return tables;
}

std::vector<report::TableMetrics> table_metrics(const partition::StatusResult& result) {
    std::vector<report::TableMetrics> tables;
    for (const partition::TableStatus& status : result.tables)
        if (!status.problem)
            tables.push_back(metrics_of(status.table, status.health));
    return tables;
}

}  // namespace tripmig::view
