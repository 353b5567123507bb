#include "config/setting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/duration.hpp"
#include "base/nearest.hpp"

namespace tripmig::config {

namespace {

using Kind = TomlValue::Kind;

/// The longest setting that PostgreSQL's own timeouts can hold: INT_MAX milliseconds (manual 20.11).
constexpr std::chrono::milliseconds longest_timeout{2147483647};

}  // namespace

Setting::Setting(std::string key, const TomlEntry& entry, std::filesystem::path folder)
    : m_key(std::move(key)),
      m_name(entry.path.back()),
      m_value(entry.value),
      m_position(entry.value_position),
      m_folder(std::move(folder)) {
}

Setting::Setting(std::string source, std::string text, std::filesystem::path folder)
    : m_key(std::move(source)), m_folder(std::move(folder)) {
    m_value.text = std::move(text);
}

std::string Setting::shown() const {
    return m_secret ? "the value" : fmt::format("\"{}\"", m_value.text);
}

Error Setting::error(const std::string& problem, const std::string& hint) const {
    Error failure(ExitCode::usage, fmt::format("{}: {}", m_key, problem), hint);
    if (m_position)
        failure.at(*m_position);
    return failure;
}

Error Setting::wrong_type(std::string_view wanted, const std::string& hint) const {
    return error(fmt::format("this must be {}, but is {}", wanted, to_string(m_value.kind)), hint);
}

std::string Setting::as_text() const {
    if (m_value.kind == Kind::string)
        return m_value.text;
    const bool quotable = m_value.kind != Kind::array && m_value.kind != Kind::table && !m_secret;
    throw wrong_type("a string", quotable ? fmt::format("write \"{}\", in quotes", m_value.text) : "");
}

std::string Setting::as_non_empty_text() const {
    std::string text = as_text();
    if (text.empty())
        throw error("this must not be empty", "remove the key to use its default");
    return text;
}

std::int64_t Setting::as_integer(std::int64_t least, std::int64_t most) const {
    std::int64_t number = m_value.integer;
    if (m_value.kind != Kind::integer) {
        if (is_from_file() || m_value.kind != Kind::string)
            throw wrong_type("an integer", "write digits without quotes");
        const char* const end = m_value.text.data() + m_value.text.size();
        const auto [rest, failure] = std::from_chars(m_value.text.data(), end, number);
        if (failure != std::errc{} || rest != end)
            throw error(fmt::format("{} is not a valid integer", shown()),
                        fmt::format("write a number from {} to {}", least, most));
    }
    if (number < least || number > most)
        throw error(fmt::format("{} is out of range", number),
                    fmt::format("write a number from {} to {}", least, most));
    return number;
}

bool Setting::as_boolean() const {
    if (!is_from_file() && m_value.kind == Kind::string && (m_value.text == "true" || m_value.text == "false"))
        return m_value.text == "true";
    if (m_value.kind != Kind::boolean)
        throw wrong_type("true or false", "write true or false, without quotes");
    return m_value.boolean;
}

std::filesystem::path Setting::as_path() const {
    std::filesystem::path path = as_non_empty_text();
    return path.is_absolute() || m_folder.empty() ? path : (m_folder / path).lexically_normal();
}

std::chrono::milliseconds Setting::as_duration(std::chrono::milliseconds least) const {
    const std::string forms = R"(write a number and a unit: "500ms", "2s", "10min", "1h", "3 days")";
    if (m_value.kind == Kind::integer)
        throw error(fmt::format("{} has no unit", m_value.integer), forms);
    if (m_value.kind != Kind::string)
        throw wrong_type("a duration", forms);
    const auto duration = parse_duration(m_value.text);
    if (!duration)
        throw error(fmt::format("{} is not a valid duration", shown()), forms);
    if (*duration < least || *duration > longest_timeout)
        throw error(
            fmt::format("{} is out of range", shown()),
            fmt::format("write a duration from {} to 24 days", least.count() == 0 ? "0s" : tripmig::to_string(least)));
    return *duration;
}

CalendarInterval Setting::as_interval() const {
    const std::string forms = R"(write a number and a unit: "1 hour", "7 days", "2 weeks", "36 months", "1 year")";
    if (m_value.kind == Kind::integer)
        throw error(fmt::format("{} has no unit", m_value.integer), forms);
    if (m_value.kind != Kind::string)
        throw wrong_type("an interval", forms);
    const auto interval = parse_interval(m_value.text);
    if (!interval)
        throw error(fmt::format("{} is not a valid interval", shown()), forms);
    return *interval;
}

std::size_t Setting::as_choice(const std::vector<std::string>& choices) const {
    const std::string text = as_text();
    const auto found = std::find(choices.begin(), choices.end(), text);
    if (found != choices.end())
        return static_cast<std::size_t>(found - choices.begin());
    const std::string known = fmt::format("use one of {}", fmt::join(choices, ", "));
    const std::string meant = nearest(text, choices);
    throw error(fmt::format("{} is not a valid value", shown()),
                meant.empty() ? known : fmt::format("did you mean \"{}\"? {}", meant, known));
}

}  // namespace tripmig::config
