// dbmate: 20240131120000_add_users.sql, all in one folder, with `-- migrate:up` and `-- migrate:down` in it.
#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.hpp"
#include "migrate/dialect/dialect.hpp"
#include "migrate/dialect/marks.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace {

constexpr std::string_view mark_word = "migrate:";

bool is_named(const SourceFile& file) {
    return !file.is_in_folder() && has_suffix(file.name(), ".sql") && !split_number(file.name()).first.empty();
}

/// A mark, taken apart: "up" or "down", or what was meant as one of them.
struct Block {
    std::string_view direction;
    bool is_transactional = true;
};

std::string_view first_word(std::string_view words) {
    return words.substr(0, words.find_first_of(" \t"));
}

/// dbmate takes `-- migrate:up` for a mark, and `-- migrate: up`, `-- Migrate:up` or any other comment for none.
bool is_exact(const Mark& mark) {
    const std::string_view direction = first_word(mark.words);
    return (direction == "up" || direction == "down") &&
           mark.line.find(std::string(mark_word) + std::string(direction)) != std::string_view::npos;
}

/// Nobody writes that as a comment: a mark misspelt, whose SQL would run in the other direction.
bool is_misspelt(const Mark& mark) {
    const std::string_view direction = first_word(mark.words);
    const bool is_alone = direction == mark.words || mark.words.find("transaction:") != std::string_view::npos;
    return is_alone && !nearest(sql::folded(direction), {"up", "down"}).empty();
}

bool claims_dbmate(const SourceFile& file) {
    if (!is_named(file))
        return false;
    const std::vector<Mark> marks = marks_of(file.content(), mark_word);
    return std::any_of(marks.begin(), marks.end(), is_exact);
}

Block read_mark(const std::string& file, const Mark& mark) {
    if (!is_exact(mark))
        throw mark_error(
            file, mark, fmt::format("`{}` is not a dbmate marker", mark.line),
            fmt::format("did you mean `-- migrate:{}`?", nearest(sql::folded(first_word(mark.words)), {"up", "down"})));
    if (mark.is_indented)
        throw mark_error(file, mark, "dbmate recognizes a marker only at the beginning of a line",
                         "remove the spaces before it");
    Block block{first_word(mark.words), true};
    std::string_view rest = mark.words.substr(block.direction.size());
    while (!rest.empty()) {
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        const std::string_view option = first_word(rest);
        if (option == "transaction:false")
            block.is_transactional = false;
        else if (option != "transaction:true")
            throw mark_error(file, mark, fmt::format("unknown option {}", option),
                             "the only option here is transaction:false");
        rest.remove_prefix(option.size());
    }
    return block;
}

Error without_up(const SourceFile& file) {
    return Error(ExitCode::usage, fmt::format("{}: the line `-- migrate:up` is missing", file.file()),
                 "put `-- migrate:up` above the SQL, or move the file out of the migrations directory");
}

void refuse_second(const std::string& file, const Mark& mark, const std::optional<Migration>& already) {
    if (already)
        throw mark_error(file, mark, fmt::format("a second `{}` in this file", mark.line),
                         "a file has one up and one down part: put the others into files of their own");
}

std::vector<Migration> read_dbmate(const SourceFile& file) {
    if (!is_named(file))
        return {};
    const std::vector<Mark> marks = marks_of(file.content(), mark_word);
    std::optional<Migration> up;
    std::optional<Migration> down;
    for (const Mark& mark : marks) {
        if (!is_exact(mark) && !is_misspelt(mark))
            continue;
        const Block block = read_mark(file.file(), mark);
        std::optional<Migration>& migration = block.direction == "up" ? up : down;
        refuse_second(file.file(), mark, migration);
        if (block.direction == "down" && !up)
            throw mark_error(file.file(), mark, "`-- migrate:down` before `-- migrate:up`", "put the up part first");
        migration.emplace();
        if (!block.is_transactional)
            migration->no_transaction = mark.line;
        if (block.direction == "up") {
            refuse_sql_before(file.file(), file.content(), mark.begin, "-- migrate:up");
        } else {
            up->section.end = mark.begin;
            migration->kind = Kind::undo;
            migration->section = {mark.begin, std::string::npos, mark.number};
        }
    }
    if (!up)
        throw without_up(file);
    const auto [number, rest] = split_number(file.name());
    up->version = *Version::parse(number);
    up->description = words_of(rest.substr(0, rest.size() - 4));
    std::vector<Migration> migrations{*up};
    if (down) {
        down->version = up->version;
        down->description = up->description;
        migrations.push_back(*down);
    }
    return migrations;
}

}  // namespace

const DialectRules dbmate_rules{Dialect::dbmate, false, claims_dbmate, read_dbmate, is_numbered_sql};

}  // namespace tripmig::migrate
