#include "lint/hazards/hazards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sql/source_position.hpp"

namespace tripmig::lint::hazards {

namespace {

/// In characters from 1, as a server counts.
std::size_t character_at(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count_if(before.begin(), before.end(), [](char c) {
               return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
           }));
}

}  // namespace

void LintContext::add(std::string_view rule, const std::string& message, std::string hint, std::size_t offset,
                      std::optional<Level> level) {
    const LintRule* found = find_lint_rule(rule);
    if (found == nullptr)
        throw Error(ExitCode::unexpected, fmt::format("lint has no rule \"{}\"", rule));
    LintFinding& finding = findings.emplace_back();
    finding.rule = found;
    finding.level = level.value_or(found->level);
    finding.message = fmt::format("{} [{}]", message, rule);
    finding.hint = std::move(hint);
    finding.position =
        sql::position_in_file(sql::source_of(statement), statement.sql, character_at(statement.sql, offset));
}

bool LintContext::is_undone(const std::string& table) const {
    const KnownTable* known = schema.table(table);
    return file.kind == FileKind::undo && known != nullptr && known->made_in == file.undoes;
}

bool LintContext::is_undone(const std::string& table, const std::string& column) const {
    const KnownTable* known = schema.table(table);
    if (file.kind != FileKind::undo || known == nullptr)
        return false;
    const auto found = known->columns.find(column);
    return known->made_in == file.undoes || (found != known->columns.end() && found->second.made_in == file.undoes);
}

}  // namespace tripmig::lint::hazards
