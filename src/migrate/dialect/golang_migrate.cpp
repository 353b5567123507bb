// golang-migrate: 0001_add_users.up.sql and its undo file 0001_add_users.down.sql, all in one folder, by number.
#include <fmt/format.h>

#include "migrate/dialect/dialect.hpp"

namespace tripmig::migrate {

namespace {

/// "add_users" of 0001_add_users.up.sql; kind by the ending.
std::optional<Migration> read_name(std::string_view name) {
    const auto [number, rest] = split_number(name);
    if (number.empty() || rest.substr(0, 1) != "_")
        return std::nullopt;
    const bool is_up = has_suffix(rest, ".up.sql");
    if (!is_up && !has_suffix(rest, ".down.sql"))
        return std::nullopt;
    Migration migration;
    migration.kind = is_up ? Kind::versioned : Kind::undo;
    migration.version = *Version::parse(number);
    migration.description = words_of(rest.substr(0, rest.size() - (is_up ? 7 : 9)));
    return migration;
}

/// By name, unless a mark in it is another tool's.
bool claims_golang_migrate(const SourceFile& file) {
    return !file.is_in_folder() && read_name(file.name()).has_value() && !dbmate_rules.claims(file) &&
           !goose_rules.claims(file);
}

std::vector<Migration> read_golang_migrate(const SourceFile& file) {
    if (auto migration = read_name(file.name()))
        return {*migration};
    if (has_suffix(file.name(), ".sql") && !split_number(file.name()).first.empty())
        throw Error(ExitCode::usage, fmt::format("{}: golang-migrate's files end in .up.sql or .down.sql", file.file()),
                    "name it <number>_<description>.up.sql, or move it out of the migrations directory");
    return {};
}

}  // namespace

const DialectRules golang_migrate_rules{Dialect::golang_migrate, false, claims_golang_migrate, read_golang_migrate,
                                        is_numbered_sql};

}  // namespace tripmig::migrate
