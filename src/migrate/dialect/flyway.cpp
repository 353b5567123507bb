// Flyway, and tripmig's own: V1__x.sql, U1__x.sql, R__x.sql in the directory and the folders in it; V1__x.sql.conf
// beside.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "migrate/dialect/dialect.hpp"
#include "migrate/dialect/file_name.hpp"
#include "migrate/dialect/flyway_script_config.hpp"
#include "migrate/migration_file.hpp"

namespace tripmig::migrate {

namespace {

constexpr std::string_view config_suffix = ".conf";

/// What Flyway runs of a file called <event>.sql or <event>__<description>.sql (its callbacks).
constexpr std::array<std::string_view, 51> events{"beforeMigrate",
                                                  "beforeRepeatables",
                                                  "beforeEachMigrate",
                                                  "beforeEachMigrateStatement",
                                                  "afterEachMigrateStatement",
                                                  "afterEachMigrateStatementError",
                                                  "afterEachMigrate",
                                                  "afterEachMigrateError",
                                                  "afterMigrate",
                                                  "afterMigrateApplied",
                                                  "afterVersioned",
                                                  "afterMigrateError",
                                                  "afterMigrateOperationFinish",
                                                  "beforeUndo",
                                                  "beforeEachUndo",
                                                  "beforeEachUndoStatement",
                                                  "afterEachUndoStatement",
                                                  "afterEachUndoStatementError",
                                                  "afterEachUndo",
                                                  "afterEachUndoError",
                                                  "afterUndo",
                                                  "afterUndoError",
                                                  "afterUndoOperationFinish",
                                                  "beforeDeploy",
                                                  "afterDeploy",
                                                  "afterDeployError",
                                                  "beforeClean",
                                                  "afterClean",
                                                  "afterCleanError",
                                                  "afterCleanOperationFinish",
                                                  "beforeInfo",
                                                  "afterInfo",
                                                  "afterInfoError",
                                                  "afterInfoOperationFinish",
                                                  "beforeValidate",
                                                  "afterValidate",
                                                  "afterValidateError",
                                                  "afterValidateOperationFinish",
                                                  "beforeBaseline",
                                                  "afterBaseline",
                                                  "afterBaselineError",
                                                  "afterBaselineOperationFinish",
                                                  "beforeRepair",
                                                  "afterRepair",
                                                  "afterRepairError",
                                                  "afterRepairOperationFinish",
                                                  "createSchema",
                                                  "beforeCreateSchema",
                                                  "afterCreateSchema",
                                                  "beforeConnect",
                                                  "afterConnect"};

/// V1__x, U1__x, B1__x, R__x: a migration's name but for its ending.
bool is_stem(std::string_view name) {
    const std::size_t separator = name.find("__");
    if (separator == std::string_view::npos || separator + 2 >= name.size())
        return false;
    if (name.front() == 'R')
        return separator == 1;
    return (name.front() == 'V' || name.front() == 'U' || name.front() == 'B') &&
           Version::parse(name.substr(1, separator - 1)).has_value();
}

/// A migration that Flyway runs by other means than SQL.
bool is_program(std::string_view name) {
    constexpr std::array<std::string_view, 9> endings{".java", ".class", ".kt",  ".sh", ".bash",
                                                      ".ps1",  ".bat",   ".cmd", ".py"};
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
        return has_suffix(name, ending) && is_stem(name.substr(0, name.size() - ending.size()));
    });
}

bool is_baseline(std::string_view name) {
    return name.front() == 'B' && has_suffix(name, ".sql") && is_stem(name.substr(0, name.size() - 4));
}

bool is_callback(std::string_view name) {
    if (!has_suffix(name, ".sql"))
        return false;
    const std::string_view event = name.substr(0, std::min(name.find("__"), name.size() - 4));
    return std::find(events.begin(), events.end(), event) != events.end();
}

void refuse_foreign(const SourceFile& file) {
    const char* const elsewhere = "and move this file out of the migrations directory";
    if (is_program(file.name()))
        throw Error(ExitCode::usage, fmt::format("{} is a migration that only Flyway can run", file.file()),
                    fmt::format("write what it does as SQL under the same version, {}", elsewhere));
    if (is_baseline(file.name()))
        throw Error(ExitCode::usage, fmt::format("{} is a baseline migration, which only Flyway supports", file.file()),
                    fmt::format("new databases are built from the V files here: keep them, {}", elsewhere));
    if (is_callback(file.name()))
        throw Error(ExitCode::usage, fmt::format("{} is a Flyway callback, which tripmig does not run", file.file()),
                    fmt::format("what must follow a change belongs in its V file or in an R file; write it there, {}",
                                elsewhere));
}

/// A configuration whose script has another name does nothing, which nobody means.
void refuse_lone_config(const SourceFile& file) {
    const std::string script = file.name().substr(0, file.name().size() - config_suffix.size());
    if (has_suffix(script, ".sql") && is_stem(script.substr(0, script.size() - 4)) &&
        !std::filesystem::exists(std::filesystem::path(file.path()).parent_path() / script))
        throw Error(ExitCode::usage, fmt::format("{}: {} is missing", file.file(), script),
                    "name it after its script, or remove it");
}

void read_config(const SourceFile& file, Migration& migration) {
    if (!file.has_config())
        return;
    const std::string suffix(config_suffix);
    const auto config = read_flyway_script_config(file.file() + suffix, read_file(file.path() + suffix));
    migration.expands_placeholders = config.replaces_placeholders;
    if (!config.execute_in_transaction)
        migration.no_transaction = fmt::format("executeInTransaction=false in {}{}", file.name(), config_suffix);
}

bool claims_flyway(const SourceFile& file) {
    return is_program(file.name()) || (has_suffix(file.name(), ".sql") &&
                                       is_stem(std::string_view(file.name()).substr(0, file.name().size() - 4)));
}

std::vector<Migration> read_flyway(const SourceFile& file) {
    refuse_foreign(file);
    if (has_suffix(file.name(), config_suffix))
        refuse_lone_config(file);
    auto name = parse_file_name(file.name());
    if (!name)
        return {};
    Migration migration;
    migration.kind = name->kind;
    migration.version = std::move(name->version);
    migration.description = std::move(name->description);
    read_config(file, migration);
    return {std::move(migration)};
}

}  // namespace

const DialectRules flyway_rules{Dialect::flyway, true, claims_flyway, read_flyway, has_migration_shape};

}  // namespace tripmig::migrate
