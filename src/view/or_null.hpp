#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace tripmig::view {

/// null is what is not known.
template <typename Value>
nlohmann::json or_null(const std::optional<Value>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

/// The same for text that is empty then.
inline nlohmann::json text_or_null(const std::string& text) {
    return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

}  // namespace tripmig::view
