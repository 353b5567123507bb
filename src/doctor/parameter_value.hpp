#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tripmig::doctor {

/// A server parameter's number: bytes where it is a size, milliseconds where it is a time, itself where it has no unit.
/// "512MB", "200", "0.9", "5min" as somebody writes them (manual 20.1.1); a number alone counts in `unit`, the one that
/// pg_settings names: "8kB", "ms". nullopt: it is not a number.
std::optional<double> parameter_value(std::string_view text, std::string_view unit);

/// Whether both say the same of a parameter of that unit and pg_settings.vartype: 32MB and 4096 of 8kB, on and true.
bool is_same_value(std::string_view expected, std::string_view actual, std::string_view unit, std::string_view type);

/// As a person writes it: "512MB", "200", "5min".
std::string parameter_text(std::string_view setting, std::string_view unit);

}  // namespace tripmig::doctor
