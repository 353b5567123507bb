#include "view/swap/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/bytes.hpp"
#include "base/counted.hpp"
#include "base/duration.hpp"
#include "report/progress_line.hpp"
#include "sql/identifier.hpp"
#include "view/json_values.hpp"
#include "view/plan.hpp"
#include "view/swap/status.hpp"

namespace tripmig::view {

using nlohmann::json;

namespace {

json estimate_json(const swap::Estimate& estimate) {
    return {{"rows", or_null(estimate.rows)},
            {"bytes", estimate.bytes},
            {"blocks", estimate.blocks},
            {"sampled_blocks", estimate.sampled_blocks},
            {"load_seconds", or_null(estimate.load_seconds)},
            {"index_seconds", or_null(estimate.index_seconds)},
            {"disk_bytes", or_null(estimate.disk_bytes)},
            {"database_bytes", estimate.database_bytes}};
}

using FindingLevel = job::Finding::Level;

const std::string next_line = "\n           ";  ///< of a value of the summary

std::size_t number_of(const app::SwapPlan& plan, FindingLevel level) {
    const auto& findings = plan.plan.findings;
    return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                  [&](const job::Finding& finding) { return finding.level == level; }));
}

/// What becomes of the rows that are there.
std::string past_text(const app::SwapPlan& plan) {
    const job::State& state = *plan.plan.state;
    const std::string old_table = sql::quoted({plan.table.schema, state.old_name});
    if (state.is<job::EmptyJob>())
        return "the table is empty and is partitioned directly";
    if (state.copies())
        return fmt::format("rows are copied; the old table is kept as {}", old_table);
    return fmt::format("rows before {} stay together in {}", boundary_text(state), old_table);
}

std::string size_text(const swap::Estimate& estimate) {
    std::string size = bytes_text(estimate.bytes) + " with indexes";
    if (!estimate.rows)
        return size;
    return fmt::format("about {} {}, {}", report::grouped(static_cast<std::uint64_t>(*estimate.rows)),
                       *estimate.rows == 1 ? "row" : "rows", size);
}

/// The locks that are taken before anything else, under the cut-over's protocol: the strongest on each relation.
std::string locks_summary(const app::SwapPlan& plan) {
    std::map<QualifiedName, LockMode> strongest;
    std::size_t transactions = 0;
    for (const Unit& unit : plan.plan.units) {
        transactions += unit.lock_first.empty() ? 0 : 1;
        for (const LockRequest& lock : unit.lock_first) {
            const auto [held, is_new] = strongest.emplace(lock.relation, lock.mode);
            if (!is_new)
                held->second = std::max(held->second, lock.mode);
        }
    }
    std::vector<LockRequest> locks;
    for (const auto& [relation, mode] : strongest)
        locks.push_back({relation, mode});
    std::stable_partition(locks.begin(), locks.end(),
                          [&](const LockRequest& lock) { return lock.relation == plan.table; });
    constexpr std::size_t most_named = 4;
    std::string text;
    for (std::size_t i = 0; i < std::min(locks.size(), most_named); ++i)
        text += (i == 0 ? "" : next_line) + locks_text({locks[i]});
    if (locks.size() > most_named)
        text += fmt::format("{}and {} more", next_line, locks.size() - most_named);
    return fmt::format("{}{}in {}; each waits {} at most, and holds them {} at most", text, next_line,
                       counted(transactions, "short transaction"), to_string(plan.lock_budget),
                       to_string(plan.max_lock_hold));
}

std::string time_summary(const swap::Estimate& estimate) {
    if (!estimate.index_seconds)
        return "not estimated";
    const double seconds = estimate.load_seconds.value_or(0) + *estimate.index_seconds;
    return fmt::format("about {} of work with one worker that never pauses",
                       report::for_people(std::chrono::milliseconds(std::llround(std::ceil(seconds) * 1000))));
}

std::string disk_summary(const app::SwapPlan& plan) {
    if (!plan.estimate.disk_bytes)
        return "not estimated";
    return fmt::format("about {} more{}", bytes_text(*plan.estimate.disk_bytes),
                       plan.strategy == config::SwapStrategy::copy ? ", and as much again for WAL" : "");
}

std::string summary(const app::SwapPlan& plan) {
    const std::size_t refused = number_of(plan, FindingLevel::refuse);
    const bool is_planned = plan.plan.state.has_value();
    const std::string unknown = "not known while something is refused";
    std::string text = fmt::format("swap of {}, strategy {}\n", sql::quoted(plan.table), job::to_string(plan.strategy));
    const auto add = [&](std::string_view name, const std::string& value) {
        text += fmt::format("  {:<9}{}\n", name, value);
    };
    add("what", fmt::format("partitions of {} by {}", plan.interval, sql::quote_ident(plan.key)) +
                    (is_planned ? next_line + past_text(plan) : std::string()));
    add("table", size_text(plan.estimate));
    add("refused", refused == 0 ? "nothing" : counted(refused, "finding") + ", listed first below");
    add("locks", is_planned ? locks_summary(plan) : unknown);
    add("time", is_planned ? time_summary(plan.estimate) : unknown);
    add("disk", is_planned ? disk_summary(plan) : unknown);
    return text;
}

std::string year_text(std::int64_t year) {
    return year > 0 ? fmt::format("{}", year) : fmt::format("{} BC", 1 - year);
}

std::string outlier_text(const swap::OutlierRows& outlier) {
    const std::string keys =
        outlier.first == outlier.last ? outlier.first : fmt::format("{} to {}", outlier.first, outlier.last);
    return outlier.rows ? fmt::format("{}: {}", keys, ddl::rows_text(*outlier.rows)) : keys;
}

/// How the rows lie, where that is worth a look.
std::string distribution_text(const swap::Distribution& distribution) {
    constexpr std::size_t most_years = 20;
    constexpr std::size_t most_outliers = 10;
    std::string text;
    const auto add = [&](std::string_view name, const std::string& value) {
        text += fmt::format("  {:<9}{}\n", name, value);
    };
    const std::size_t hidden =
        distribution.years.size() > most_years ? distribution.years.size() - most_years : std::size_t{0};
    for (std::size_t i = hidden; i < distribution.years.size(); ++i) {
        const ddl::YearRows& year = distribution.years[i];
        add(i == hidden ? "rows" : "", fmt::format("{}: {}{}", year_text(year.year), year.is_estimate ? "about " : "",
                                                   report::grouped(static_cast<std::uint64_t>(year.rows))));
    }
    if (hidden > 0)
        add("", fmt::format("and {} before these", counted(hidden, "year")));
    const std::size_t named = std::min(distribution.outliers.size(), most_outliers);
    for (std::size_t i = 0; i < named; ++i)
        add(i == 0 ? "outliers" : "", outlier_text(distribution.outliers[i]));
    if (named < distribution.outliers.size())
        add("", fmt::format("and {} more", distribution.outliers.size() - named));
    if (!distribution.proposal.empty())
        add("proposed", distribution.proposal);
    return text;
}

json distribution_json(const swap::Distribution& distribution) {
    json years = json::array();
    for (const ddl::YearRows& year : distribution.years)
        years.push_back({{"year", year_text(year.year)}, {"rows", year.rows}, {"is_estimate", year.is_estimate}});
    json outliers = json::array();
    for (const swap::OutlierRows& each : distribution.outliers)
        outliers.push_back({{"first", each.first}, {"last", each.last}, {"rows", or_null(each.rows)}});
    return {{"years", std::move(years)},
            {"outliers", std::move(outliers)},
            {"proposal", text_or_null(distribution.proposal)}};
}

std::string findings_text(const app::SwapPlan& plan, FindingLevel level) {
    std::string text;
    for (const job::Finding& finding : plan.plan.findings) {
        if (finding.level != level)
            continue;
        text += fmt::format("{:<6} {}: {}\n", job::to_string(level), finding.subject, finding.message);
        if (!finding.hint.empty())
            text += fmt::format("       hint: {}\n", finding.hint);
    }
    return text.empty() ? text : "\n" + text;
}

bool is_shown(const Step& step) {
    return step.refusal.empty() && !step.is_bookkeeping;
}

std::string unit_with_locks(const Unit& unit) {
    if (std::none_of(unit.steps.begin(), unit.steps.end(), is_shown))
        return {};
    std::string text = fmt::format("\n-- {}{}\n", unit.name,
                                   unit.transaction == Transaction::none ? " (outside of a transaction)" : "");
    for (const LockRequest& lock : unit.lock_first)
        text += fmt::format("--   locks first: {} on {}\n", to_string(lock.mode), sql::quoted(lock.relation));
    for (const Step& step : unit.steps) {
        if (!is_shown(step))
            continue;
        const std::string locks = locks_text(step.locks);
        text += fmt::format("--   {}{}\n{};\n", step.why, locks.empty() ? "" : fmt::format(" [{}]", locks), step.sql);
    }
    return text;
}

/// Each line as a comment of SQL.
std::string commented(const std::string& text) {
    std::string comment;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        comment += end == at ? "--\n" : fmt::format("-- {}\n", std::string_view(text).substr(at, end - at));
        at = end + 1;
    }
    return comment;
}

}  // namespace

std::string swap_plan_text(const app::SwapPlan& plan) {
    if (plan.is_partitioned)
        return swap_text({plan.table, {}, {}});
    return summary(plan) + distribution_text(plan.distribution) + findings_text(plan, FindingLevel::refuse) +
           findings_text(plan, FindingLevel::note) + findings_text(plan, FindingLevel::ok);
}

std::string swap_plan_sql(const app::SwapPlan& plan) {
    std::string text = commented(swap_plan_text(plan));
    for (const Unit& unit : plan.plan.units)
        text += unit_with_locks(unit);
    return text;
}

json swap_plan_json(const app::SwapPlan& plan) {
    if (plan.is_partitioned)
        return swap_json({plan.table, {}, {}});
    json findings = json::array();
    for (const job::Finding& finding : plan.plan.findings)
        findings.push_back({{"level", job::to_string(finding.level)},
                            {"subject", finding.subject},
                            {"message", finding.message},
                            {"hint", finding.hint}});
    return {{"table", name_json(plan.table)},
            {"strategy", job::to_string(plan.strategy)},
            {"cut", text_or_null(plan.plan.boundary)},
            {"estimate", estimate_json(plan.estimate)},
            {"distribution", distribution_json(plan.distribution)},
            {"findings", std::move(findings)},
            {"units", plan_json(plan.plan.units)}};
}

}  // namespace tripmig::view
