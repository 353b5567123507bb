#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/swap/verify.hpp"

namespace tripmig::view {

nlohmann::json swap_verification_json(const app::SwapVerification& result);
std::string swap_verification_text(const app::SwapVerification& result);

}  // namespace tripmig::view
