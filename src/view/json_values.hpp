#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/qualified_name.hpp"

namespace tripmig::view {

// How documents have single values. A duration is a number, and its key ends with the unit: duration_ms, load_seconds.

/// null is what is not known.
template <typename Value>
nlohmann::json or_null(const std::optional<Value>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

/// The same for text that is empty then.
inline nlohmann::json text_or_null(const std::string& text) {
    return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

/// A table, or another relation, as a statement names it: public.orders, public."Order Lines".
std::string name_json(const QualifiedName& relation);

/// RFC 3339 in UTC: "2026-01-31T13:05:09Z".
std::string time_json(Instant time);
/// The same of a time that was kept as text, in UTC where it has no zone; null when it is empty.
nlohmann::json time_json(const std::string& time);
nlohmann::json time_json(const std::optional<std::string>& time);

}  // namespace tripmig::view
