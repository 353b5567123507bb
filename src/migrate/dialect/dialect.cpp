#include "migrate/dialect/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "migrate/dialect/goose_text.hpp"
#include "migrate/migration_file.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace {

using Rules = const DialectRules*;

const std::array<Rules, 4>& all_rules() {
    static const std::array<Rules, 4> rules{&flyway_rules, &golang_migrate_rules, &dbmate_rules, &goose_rules};
    return rules;
}

Error of_several(const SourceFile& one, Rules its, const SourceFile& other, Rules others) {
    return Error(
        ExitCode::usage,
        fmt::format("files of two tools in one directory: {} is {}'s, {} is {}'s", one.file(), to_string(its->dialect),
                    other.file(), to_string(others->dialect)),
        "give each tool's files a directory of their own, or choose with --dialect (or `dialect` in [migrations])");
}

/// 0012_add_users.sql, at the top of the directory: named as dbmate, goose and golang-migrate name theirs.
bool is_numbered(const SourceFile& file) {
    return !file.is_in_folder() && has_suffix(file.name(), ".sql") && !split_number(file.name()).first.empty();
}

}  // namespace

const DialectRules* dialect_of(const SourceFile& file) {
    const auto owner =
        std::find_if(all_rules().begin(), all_rules().end(), [&](Rules rules) { return rules->claims(file); });
    return owner == all_rules().end() ? nullptr : *owner;
}

const DialectRules& choose_dialect(const std::vector<SourceFile>& files, std::string_view wanted) {
    for (const Rules rules : all_rules())
        if (wanted == to_string(rules->dialect))
            return *rules;
    if (wanted != "auto")
        throw Error(ExitCode::usage, fmt::format("unknown dialect \"{}\"", wanted),
                    "use auto, flyway, golang-migrate, dbmate or goose");
    const SourceFile* claimed = nullptr;
    const SourceFile* unmarked = nullptr;
    Rules chosen = nullptr;
    for (const SourceFile& file : files) {
        const Rules owner = dialect_of(file);
        if (owner == nullptr) {
            if (unmarked == nullptr && is_numbered(file))
                unmarked = &file;
        } else if (chosen == nullptr) {
            chosen = owner;
            claimed = &file;
        } else if (chosen != owner) {
            throw of_several(*claimed, chosen, file, owner);
        }
    }
    if (chosen == nullptr && unmarked != nullptr)
        throw Error(
            ExitCode::usage,
            fmt::format("{} begins with a number, but has no marker of any tool: which tool is it for?",
                        unmarked->file()),
            "tripmig's own files are named V12__add_users.sql; golang-migrate's end in .up.sql; dbmate's have a "
            "line `-- migrate:up`, goose's `-- +goose Up`");
    return chosen == nullptr ? flyway_rules : *chosen;
}

SourceFile::SourceFile(std::string path, std::string file, bool has_config)
    : m_path(std::move(path)),
      m_file(std::move(file)),
      m_name(m_file.substr(m_file.rfind('/') + 1)),
      m_has_config(has_config) {
}

const std::string& SourceFile::content() const {
    if (!m_content)
        m_content = read_file(m_path);
    return *m_content;
}

SectionText section_text(const Migration& migration, bool with_variables) {
    if (migration.dialect == Dialect::goose)
        return goose_text(migration, with_variables);
    const Section& section = migration.section;
    SectionText text;
    text.text = content_of(migration);
    text.text.erase(std::min(section.end, text.text.size()));
    text.text.erase(0, section.begin);
    text.start = {section.begin, section.line, 1};
    return text;
}

std::pair<std::string_view, std::string_view> split_number(std::string_view name) {
    const std::size_t end = std::min(name.find_first_not_of("0123456789"), name.size());
    return {name.substr(0, end), name.substr(end)};
}

bool is_numbered_sql(std::string_view name) {
    return ends_in_sql(name) && !split_number(name).first.empty();
}

std::string words_of(std::string_view description) {
    std::string words(description.substr(std::min(description.find_first_not_of("_-. "), description.size())));
    std::replace_if(
        words.begin(), words.end(), [](char c) { return c == '_' || c == '-'; }, ' ');
    return words;
}

bool has_suffix(std::string_view text, std::string_view suffix) {
    return text.size() > suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

bool ends_in_sql(std::string_view name) {
    constexpr std::string_view ending = ".sql";
    return name.size() > ending.size() && sql::folded(name.substr(name.size() - ending.size())) == ending;
}

}  // namespace tripmig::migrate
