#pragma once

#include <vector>

#include "doctor/finding.hpp"
#include "doctor/server_facts.hpp"

namespace tripmig::doctor {

/// The group `connection` of a server that was reached. Pure.
std::vector<Check> check_connection(const SessionFacts& session);

}  // namespace tripmig::doctor
