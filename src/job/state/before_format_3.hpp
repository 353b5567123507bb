#pragma once

#include <nlohmann/json_fwd.hpp>

namespace tripmig::job {

/// A document of format 1 or 2, whose fields are those of every kind of job at once, as one of format 3. Parts that the
/// kind does not have are in it too; nobody reads them. Throws nlohmann::json::exception for what is no such document.
nlohmann::json upgraded_to_format_3(const nlohmann::json& old);

}  // namespace tripmig::job
