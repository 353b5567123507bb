#include "app/migrate/baseline.hpp"

#include <fmt/format.h>

#include "app/migrate/target/drift.hpp"
#include "app/migrate/target/history_run.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "db/state/history_edit.hpp"

namespace tripmig::app {

BaselineResult record_baseline(const Context& context, const std::string& wanted) {
    const auto version = migrate::Version::parse(wanted.substr(wanted.substr(0, 1) == "V" ? 1 : 0));
    if (!version)
        throw Error(ExitCode::usage, fmt::format("\"{}\" is not a valid version", wanted),
                    "give the newest version whose changes are already in the database: tripmig baseline 12");
    LockedTarget locked = lock_target(context, "baseline");
    MigrationTarget& target = locked.target;
    if (const std::string newest = newest_version(target.history); !newest.empty())
        throw Error(ExitCode::refused, fmt::format("the history already has versions, up to {}", newest),
                    "only an empty history can begin with a baseline; `tripmig status` shows this one");
    if (const auto half_way = read_half_way(context, target); !half_way.empty())
        throw Error(ExitCode::refused,
                    fmt::format("{} {}: a part of it is done", half_way.front().file, half_way.front().state()),
                    "finish it with `tripmig up` first; a baseline would record it as applied, or hide it");
    db::MigrationRecord record;
    record.kind = "baseline";
    record.version = version->text();
    record.description = "baseline";
    record.batch = db::next_batch(*target.connection, context.config.state.schema);
    Unit unit;
    unit.name = "baseline";
    unit.steps.push_back(db::add_history_step(record, context.config.state.schema));
    change_history(context, locked, unit);
    if (records_schema(context))
        record_schema(context, locked.lock->connection(), {});
    target.read_again(context, false);
    BaselineResult result{version->text(), target.comparison.pending.size()};
    context.reporter.info("baseline.done", fmt::format("recorded version {} as the baseline; {} pending",
                                                       result.version, counted(result.pending, "file")));
    return result;
}

}  // namespace tripmig::app
