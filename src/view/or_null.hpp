#pragma once

#include <nlohmann/json.hpp>
#include <optional>

namespace tripmig::view {

/// null is what is not known.
template <typename Value>
nlohmann::json or_null(const std::optional<Value>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

}  // namespace tripmig::view
