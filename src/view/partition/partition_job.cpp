#include "view/partition/partition_job.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "job/replacement.hpp"
#include "sql/identifier.hpp"
#include "view/json_values.hpp"
#include "view/swap/status.hpp"

namespace tripmig::view {

using nlohmann::json;

namespace {

/// The old partitions, under the names that they have after the cut-over.
std::vector<QualifiedName> old_tables(const job::State& state) {
    std::vector<QualifiedName> names = state.sources();
    if (!state.old_name.empty())
        names.front().name = state.old_name;
    return names;
}

std::string what_is_left(const job::State& state) {
    const std::vector<QualifiedName> old = old_tables(state);
    const bool is_one = old.size() == 1;
    return fmt::format("{} {} detached and kept; drop {} once {} no longer needed\n", sql::quoted_list(old),
                       is_one ? "is" : "are", is_one ? "it" : "them", is_one ? "it is" : "they are");
}

json tables_json(const std::vector<QualifiedName>& names) {
    json list = json::array();
    for (const QualifiedName& name : names)
        list.push_back(name_json(name));
    return list;
}

std::string megabytes(std::int64_t bytes) {
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::int64_t bytes_of(const partition::PartitionPlan& plan) {
    std::int64_t bytes = 0;
    for (const partition::PlannedSource& source : plan.sources)
        bytes += source.bytes;
    return bytes;
}

}  // namespace

json partition_job_json(const app::PartitionJobResult& result) {
    json document = swap_json(result.job);
    const job::State& state = result.job.state.value();
    document["kind"] = job::to_string(state.partition().verb);
    document["parent"] = name_json(state.parent());
    document["sources"] = tables_json(state.sources());
    document["old_tables"] =
        tables_json(state.partition().keeps_old ? old_tables(state) : std::vector<QualifiedName>());
    return document;
}

std::string partition_job_text(const app::PartitionJobResult& result) {
    const job::State& state = result.job.state.value();
    if (result.was_done_before && state.stage != job::Stage::finished)
        return fmt::format("{}: nothing to do\n", sql::quoted(result.job.table));
    std::string text = swap_text(result.job);
    if (!result.was_done_before && state.stage == job::Stage::finished && state.partition().keeps_old)
        text += what_is_left(state);
    return text;
}

json partition_plan_json(const partition::PartitionPlan& plan) {
    const ddl::KeyType type = job::key_type_of(plan.state);
    json sources = json::array();
    for (const partition::PlannedSource& source : plan.sources)
        sources.push_back({{"table", name_json(source.name)}, {"bounds", source.bound}, {"bytes", source.bytes}});
    json targets = json::array();
    for (const ddl::Leaf& target : plan.targets)
        targets.push_back({{"table", name_json(target.name)}, {"bounds", ddl::for_values(type, target.bounds)}});
    json findings = json::array();
    for (const job::Finding& finding : plan.findings)
        findings.push_back({{"level", job::to_string(finding.level)},
                            {"subject", finding.subject},
                            {"message", finding.message},
                            {"hint", finding.hint}});
    return {{"table", name_json(plan.state.table)},
            {"kind", job::to_string(plan.state.partition().verb)},
            {"parent", name_json(plan.state.parent())},
            {"sources", std::move(sources)},
            {"targets", std::move(targets)},
            {"disk_bytes", bytes_of(plan)},
            {"findings", std::move(findings)}};
}

std::string partition_plan_text(const partition::PartitionPlan& plan) {
    const job::State& state = plan.state;
    const ddl::KeyType type = job::key_type_of(state);
    std::string text = fmt::format("{} of {}, in {}\n", job::to_string(state.partition().verb),
                                   sql::quoted_list(state.sources()), sql::quoted(state.parent()));
    for (const job::Finding& finding : plan.findings) {
        if (finding.level == job::Finding::Level::ok)
            continue;
        text += fmt::format("{}: {}: {}\n", job::to_string(finding.level), finding.subject, finding.message);
        if (!finding.hint.empty())
            text += fmt::format("  hint: {}\n", finding.hint);
    }
    for (const partition::PlannedSource& source : plan.sources)
        text += fmt::format("  copy    {}  {}  {}\n", sql::quoted(source.name), source.bound, megabytes(source.bytes));
    for (const ddl::Leaf& target : plan.targets)
        text += fmt::format("  create  {}  {}\n", sql::quoted(target.name), ddl::for_values(type, target.bounds));
    if (state.does(job::PartitionVerb::drain))
        text += fmt::format("  create  {}  DEFAULT, with the rows that stay\n", sql::quoted(state.table));
    if (!plan.is_refused() && !plan.targets.empty())
        text += fmt::format("About {} of disk space until the old {} dropped{}.\n", megabytes(bytes_of(plan)),
                            plan.sources.size() == 1 ? "table is" : "tables are",
                            state.partition().keeps_old ? "" : ", which is the last step");
    return text;
}

}  // namespace tripmig::view
