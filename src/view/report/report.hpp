#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "app/report/report.hpp"

namespace tripmig::view {

/// How far a report can be relied on.
struct Freshness {
    bool is_fresh = true;
    std::string why_not = {};  ///< what keeps the server from being read
};

/// Every section as its own command prints it with --json; null where there is none. `report`: null: never read.
nlohmann::json report_json(const app::Report* report, const Freshness& freshness);

/// Prometheus' text format 0.0.4: the metrics of `metrics_file` (`runs` is its text), and how migrations, jobs and
/// checks stand. Without a fresh report `tripmig_up` is 0, and the rest is as it was last seen.
std::string report_metrics(const app::Report* report, const Freshness& freshness, std::string_view runs);

}  // namespace tripmig::view
