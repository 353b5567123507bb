#include "app/migrate/target/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/error.hpp"
#include "db/connection_parameters.hpp"
#include "db/run_lock.hpp"
#include "db/state/history_edit.hpp"
#include "migrate/directory.hpp"
#include "migrate/version.hpp"

namespace tripmig::app {

namespace chr = std::chrono;

void MigrationTarget::read_again(const Context& context, db::Connection& through, bool is_strict) {
    history = db::read_history(through, context.config.state.schema);
    comparison = migrate::compare(directory, history.applied, {is_strict});
}

namespace {

std::unique_ptr<db::Connection> connect(const Context& context, db::PendingConnection first,
                                        const config::DatabaseConfig& database, std::string_view role,
                                        chr::milliseconds patience) {
    const auto deadline = context.clock.steady() + patience;
    std::optional<db::PendingConnection> pending(std::move(first));
    for (bool told = false;; told = true) {
        try {
            if (!pending)
                pending.emplace(database, role, context.reporter, context.stop);
            return std::make_unique<db::Connection>(std::move(*pending), db::SessionSettings::of_role);
        } catch (const Error& error) {
            pending.reset();
            if (error.code() != ExitCode::unreachable || context.clock.steady() >= deadline)
                throw;
            if (!told)
                context.reporter.info("database.waiting",
                                      fmt::format("{}: waiting up to {} s for the database", error.message(),
                                                  chr::duration_cast<chr::seconds>(patience).count()));
            context.stop.wait_for(chr::milliseconds(500));
            context.stop.check();
        }
    }
}

}  // namespace

migrate::Directory read_migrations(const Context& context, bool may_be_empty) {
    return read_migrations(context, context.config.migrations.dir, may_be_empty);
}

migrate::Directory read_migrations(const Context& context, const std::filesystem::path& folder, bool may_be_empty) {
    const config::MigrationsConfig& migrations = context.config.migrations;
    migrate::ReadOptions options;
    options.dialect = migrations.dialect;
    options.variables = std::make_shared<const std::map<std::string, std::string>>(context.environment);
    options.placeholders = migrations.placeholders;
    options.may_be_empty = may_be_empty || migrations.allow_empty;
    return migrate::read_directory(folder, options);
}

MigrationTarget look_at(const Context& context, std::string_view role, bool is_strict, chr::milliseconds patience) {
    MigrationTarget target;
    target.database = db::direct_connection(context.config.database);
    // The server starts its process while we read the files.
    db::PendingConnection pending(target.database, role, context.reporter, context.stop);
    target.directory = read_migrations(context);
    target.connection = connect(context, std::move(pending), target.database, role, patience);
    target.read_again(context, is_strict);
    return target;
}

std::vector<migrate::HalfWay> read_half_way(const Context& context, const MigrationTarget& target) {
    if (target.history.needs_state())
        return {};
    migrate::Journals journals;
    try {
        journals = db::read_journals(*target.connection, context.config.state.schema);
    } catch (const Error& error) {
        if (error.sqlstate() != "42501")
            throw;
        context.reporter.warning("journal.unreadable",
                                 "this role may not read table `statements` of the state schema, so a file that "
                                 "stopped half way does not show; grant it SELECT");
    }
    return migrate::half_way(target.directory, target.history.applied, journals);
}

std::vector<migrate::HalfWay> find_half_way(const Context& context, MigrationTarget& target) {
    std::vector<migrate::HalfWay> files = read_half_way(context, target);
    if (files.empty())
        return files;
    const std::string running = db::lock_holder(*target.connection, db::lock_key(context.config.state.schema, "run"));
    std::vector<migrate::Finding> findings = migrate::half_way_findings(files, running);
    std::move(findings.begin(), findings.end(), std::back_inserter(target.comparison.findings));
    return files;
}

const migrate::HalfWay* half_way_of(const std::vector<migrate::HalfWay>& files, const std::string& file) {
    const auto found = std::find_if(files.begin(), files.end(), [&](const auto& each) { return each.file == file; });
    return found == files.end() ? nullptr : &*found;
}

void tell_warnings(const Context& context, const migrate::Comparison& comparison) {
    for (const migrate::Finding& finding : comparison.findings)
        if (!finding.is_error)
            context.reporter.warning("history.finding", finding.message + "\n  hint: " + finding.hint);
}

std::string newest_version(const db::History& history) {
    std::optional<migrate::Version> newest;
    for (const db::AppliedMigration& row : history.applied) {
        const auto version = migrate::Version::parse(row.version);
        if (row.kind != "R" && version && (!newest || *newest < *version))
            newest = version;
    }
    return newest ? newest->text() : std::string();
}

}  // namespace tripmig::app
