#include "view/json_values.hpp"

#include "base/civil.hpp"
#include "sql/identifier.hpp"

namespace tripmig::view {

std::string name_json(const QualifiedName& relation) {
    return sql::quoted(relation);
}

std::string time_json(Instant time) {
    return format_rfc3339(time);
}

nlohmann::json time_json(const std::string& time) {
    const auto instant = parse_timestamp(time);
    return text_or_null(instant ? format_rfc3339(*instant) : time);
}

nlohmann::json time_json(const std::optional<std::string>& time) {
    return time ? time_json(*time) : nlohmann::json();
}

}  // namespace tripmig::view
