#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/swap/result.hpp"
#include "app/swap/status.hpp"

namespace tripmig::view {

/// Where a command left a swap.
nlohmann::json swap_json(const app::SwapResult& result);
std::string swap_text(const app::SwapResult& result);

/// How far a swap is, with what is under way.
nlohmann::json swap_status_json(const app::SwapStatus& status);
std::string swap_status_text(const app::SwapStatus& status);
/// In one line, for a log: "public.orders: capturing, 1200 of 5000 blocks, 35.2 MB/s, 12 s left".
std::string swap_status_line(const app::SwapStatus& status);

/// Where the past of an attach ends: "2027-01-01".
std::string boundary_text(const job::State& state);

}  // namespace tripmig::view
