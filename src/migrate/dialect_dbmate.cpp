// dbmate: 20240131120000_add_users.sql, all in one folder, with `-- migrate:up` and `-- migrate:down` in it.
#include <fmt/format.h>

#include "base/nearest.hpp"
#include "migrate/dialect.hpp"
#include "migrate/marks.hpp"

namespace tripmig::migrate {

namespace {

constexpr std::string_view mark_word = "migrate:";

bool is_named(const SourceFile& file) {
    return !file.is_in_folder() && has_suffix(file.name(), ".sql") && !split_number(file.name()).first.empty();
}

bool claims(const SourceFile& file) {
    return is_named(file) && !marks_of(file.content(), mark_word).empty();
}

/// The first word of a mark, and whether its options turn the transaction off.
struct Block {
    std::string_view direction;
    bool is_transactional = true;
};

Block read_mark(const std::string& file, const Mark& mark) {
    Block block;
    std::string_view rest = mark.words;
    for (bool is_first = true; !rest.empty(); is_first = false) {
        const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
        const std::string_view word = rest.substr(0, end);
        if (is_first)
            block.direction = word;
        else if (word == "transaction:false")
            block.is_transactional = false;
        else if (word != "transaction:true")
            throw mark_error(file, mark, fmt::format("the option {} is not known", word),
                             "dbmate's option here is transaction:false");
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t", end), rest.size()));
    }
    if (block.direction != "up" && block.direction != "down") {
        const std::string meant = nearest(block.direction, {"up", "down"});
        throw mark_error(file, mark, fmt::format("`{}` is no mark of dbmate", mark.line),
                         meant.empty() ? "its marks are `-- migrate:up` and `-- migrate:down`"
                                       : fmt::format("did you mean `-- migrate:{}`?", meant));
    }
    if (mark.is_indented)
        throw mark_error(file, mark, "dbmate sees a mark at the beginning of a line only", "take the blanks away");
    return block;
}

Error without_up(const SourceFile& file) {
    return Error(ExitCode::usage, fmt::format("{}: no line `-- migrate:up`, as dbmate wants", file.file()),
                 "put `-- migrate:up` above the SQL, or move the file out of the migrations directory");
}

void refuse_second(const std::string& file, const Mark& mark, const std::optional<Migration>& already) {
    if (already)
        throw mark_error(file, mark, fmt::format("a second `{}` in this file", mark.line),
                         "one up and one down make a migration: put the others into files of their own");
}

std::vector<Migration> read(const SourceFile& file) {
    if (!is_named(file))
        return {};
    const std::vector<Mark> marks = marks_of(file.content(), mark_word);
    std::optional<Migration> up;
    std::optional<Migration> down;
    for (const Mark& mark : marks) {
        const Block block = read_mark(file.file(), mark);
        std::optional<Migration>& migration = block.direction == "up" ? up : down;
        refuse_second(file.file(), mark, migration);
        if (block.direction == "down" && !up)
            throw mark_error(file.file(), mark, "`-- migrate:down` before `-- migrate:up`", "put the way up first");
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

const DialectRules dbmate_rules{Dialect::dbmate, false, claims, read};

}  // namespace tripmig::migrate
