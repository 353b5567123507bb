// goose: 00001_add_users.sql, all in one folder, with `-- +goose Up` and `-- +goose Down` in it.
#include <fmt/format.h>

#include "migrate/dialect/dialect.hpp"
#include "migrate/dialect/goose_marks.hpp"

namespace tripmig::migrate {

namespace {

constexpr std::string_view go = ".go";

/// The number before the first _; empty when there is none, or when it is 0.
std::string_view number_of(std::string_view name) {
    const auto [number, rest] = split_number(name);
    const bool is_number = rest.substr(0, 1) == "_" && number.find_first_not_of('0') != std::string_view::npos;
    return is_number ? number : std::string_view();
}

bool is_go_migration(const SourceFile& file) {
    return !file.is_in_folder() && !number_of(file.name()).empty() && has_suffix(file.name(), go) &&
           !has_suffix(file.name(), "_test.go");
}

bool claims_goose(const SourceFile& file) {
    if (is_go_migration(file))
        return true;
    return !file.is_in_folder() && has_suffix(file.name(), ".sql") && !marks_of(file.content(), "+goose").empty();
}

Migration base_of(const SourceFile& file) {
    const auto [number, rest] = split_number(file.name());
    Migration migration;
    migration.version = *Version::parse(number);
    migration.description = words_of(rest.substr(0, rest.size() - 4));
    return migration;
}

std::vector<Migration> read_goose(const SourceFile& file) {
    if (is_go_migration(file))
        throw Error(ExitCode::usage, fmt::format("{} is a Go migration, which only goose can run", file.file()),
                    "write what it does as SQL under the same number, and move it out of the migrations directory");
    if (file.is_in_folder() || !has_suffix(file.name(), ".sql"))
        return {};
    const std::vector<GooseMark> marks = goose_marks(file.file(), file.content());
    if (number_of(file.name()).empty()) {
        if (marks.empty())
            return {};
        throw Error(ExitCode::usage, fmt::format("{} has goose's annotations, but no number in its name", file.file()),
                    "name it <number>_<description>.sql, with a number above 0");
    }
    Migration up = base_of(file);
    std::optional<Migration> down;
    bool has_up = false;
    for (const GooseMark& mark : marks) {
        if (mark.kind == GooseMark::Kind::up) {
            has_up = true;
            refuse_sql_before(file.file(), file.content(), mark.mark.begin, "-- +goose Up");
        } else if (mark.kind == GooseMark::Kind::down) {
            down = up;
            down->kind = Kind::undo;
            up.section.end = mark.mark.begin;
            down->section = {mark.mark.begin, std::string::npos, mark.mark.number};
        }
    }
    if (!has_up)
        throw Error(ExitCode::usage, fmt::format("{}: the line `-- +goose Up` is missing", file.file()),
                    "put `-- +goose Up` above the SQL, or move the file out of the migrations directory");
    std::vector<Migration> migrations{std::move(up)};
    if (down)
        migrations.push_back(std::move(*down));
    for (const GooseMark& mark : marks)
        if (mark.kind == GooseMark::Kind::no_transaction)  // wherever it stands, for both directions
            for (Migration& migration : migrations)
                migration.no_transaction = mark.mark.line;
    return migrations;
}

}  // namespace

const DialectRules goose_rules{Dialect::goose, false, claims_goose, read_goose, is_numbered_sql};

}  // namespace tripmig::migrate
