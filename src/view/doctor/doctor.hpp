#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/doctor/doctor.hpp"

namespace tripmig::view {

/// Findings, worst first within each group, each with what helps; or the lines of a checklist.
std::string doctor_text(const app::DoctorResult& result);
nlohmann::json doctor_json(const app::DoctorResult& result);

}  // namespace tripmig::view
