#include "migrate/rehearse/schema_portrait.hpp"

#include <fmt/format.h>

#include "migrate/statements.hpp"

namespace tripmig::migrate {

namespace {

/// Both definitions when a person can take them in at a glance.
std::string change(const std::string& object, const std::string& from, const std::string& to) {
    constexpr std::size_t readable = 100;
    const bool is_readable =
        from.size() <= readable && to.size() <= readable && (from + to).find('\n') == std::string::npos;
    return is_readable ? fmt::format("~ {}: {} -> {}", object, from, to) : "~ " + object;
}

}  // namespace

SchemaPortrait schema_portrait(db::Session& session, const std::string& state_schema) {
    SchemaPortrait portrait;
    for (const db::Row& row : session.read(std::string(statements::rehearse_portrait), {state_schema}))
        portrait[row.text("object")] = row.text_or_empty("definition");
    return portrait;
}

std::vector<std::string> differences(const SchemaPortrait& first, const SchemaPortrait& second) {
    std::vector<std::string> lines;
    for (const auto& [object, definition] : first) {
        const auto other = second.find(object);
        if (other == second.end())
            lines.push_back("- " + object);
        else if (other->second != definition)
            lines.push_back(change(object, definition, other->second));
    }
    for (const auto& [object, definition] : second)
        if (first.count(object) == 0)
            lines.push_back("+ " + object);
    return lines;
}

}  // namespace tripmig::migrate
