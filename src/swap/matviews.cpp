#include "swap/matviews.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "ddl/without_only.hpp"
#include "job/locks/attempts.hpp"
#include "sql/identifier.hpp"
#include "swap/statements.hpp"

namespace tripmig::swap {

namespace {

using Kind = db::DependentInfo::Kind;

bool reads(const db::TableInfo& table, const QualifiedName& view) {
    return std::any_of(table.dependents.begin(), table.dependents.end(), [&](const db::DependentInfo& each) {
        return each.kind == Kind::materialized_view && each.name == view;
    });
}

/// Its query, or its owner's rights, do not allow it: no matter of ours, and no reason to leave the others as they are.
class Unbuildable : public Error {
  public:
    Unbuildable(const QualifiedName& view, const Error& cause)
        : Error(cause
                    .rewrapped(cause.code() == ExitCode::no_privilege ? cause.code() : ExitCode::refused,
                               fmt::format("materialized view {} cannot be rebuilt: ", sql::quoted(view)))
                    .with_hint(
                        "the cut-over is done. Until this view is rebuilt, it keeps its content, and REFRESH reads "
                        "the old table. Correct what its query fails on, or drop the view, and run the same "
                        "command again")) {}
};

/// Whether that is what the server means: not a lost connection, a lock, a full disk, a commit in doubt.
bool is_of_query(const Error& error) {
    return !error.sqlstate().empty() &&
           (error.code() == ExitCode::unexpected || error.code() == ExitCode::no_privilege) &&
           dynamic_cast<const db::CommitInDoubt*>(&error) == nullptr;
}

/// nullopt: it was dropped meanwhile, and nothing is left beside it.
std::optional<ddl::Matview> build(job::Session& server, const job::DependentView& view) {
    std::optional<ddl::Matview> matview = read_matview(server.session(), view);
    const Unit unit = matview ? ddl::build_matview(*matview) : ddl::drop_staged_matview(view.name);
    server.throttle().wait();
    server.reporter().info("swap.step", unit.name);
    try {
        server.executor().run(unit);
    } catch (const Error& error) {
        if (!is_of_query(error))
            throw;
        throw Unbuildable(view.name, error);
    }
    return matview;
}

/// Built before the deadline begins to count: that is for the locks, and a build may take hours.
void carry(job::Session& server, const job::DependentView& view) {
    std::optional<ddl::Matview> matview = build(server, view);
    (void)job::run_attempts(server, [&](const job::Attempt& attempt) -> std::optional<db::UnitOutcome> {
        if (!matview)
            return db::UnitOutcome{};
        const Unit exchange = ddl::exchange_matview(*matview);
        server.reporter().info("swap.step", exchange.name);
        std::optional<db::UnitOutcome> outcome = attempt(exchange, [] {});
        if (!outcome)
            matview = build(server, view);  // altered meanwhile
        return outcome;
    });
}

}  // namespace

std::vector<job::DependentView> dependent_matviews(const db::TableInfo& table) {
    std::vector<job::DependentView> views;
    for (const db::DependentInfo& dependent : table.dependents)
        if (dependent.kind == Kind::materialized_view)
            views.push_back({dependent.name, ddl::without_only(dependent.rebind, table.name)});
    return views;
}

std::optional<ddl::Matview> read_matview(db::Session& session, const job::DependentView& view) {
    std::optional<db::TableInfo> table = db::read_table(session, view.name);
    if (!table || table->kind != 'm')
        return std::nullopt;
    ddl::Matview matview;
    const db::Row row = session
                            .read(std::string(statements::matview_facts),
                                  {fmt::format("{}", table->oid), ddl::staged_name(view.name).name,
                                   ddl::former_matview_name(view.name).name})
                            .row();
    matview.is_populated = row.flag("is_populated");
    matview.clauses = row.list("clauses");
    matview.may_be_built = row.flag("may_be_built");
    matview.taken = row.text("taken");
    matview.view = std::move(*table);
    matview.query = view.query;
    return matview;
}

void carry_matviews(job::Session& server, const job::State& state, const QualifiedName& former) {
    std::optional<Unbuildable> first;
    for (const job::DependentView& view : state.swap().matviews) {
        const std::optional<db::TableInfo> table = db::read_table(server.session(), former);
        if (!table)
            break;
        try {
            if (reads(*table, view.name))
                carry(server, view);
            else
                server.executor().run(ddl::drop_staged_matview(view.name));  // it was dropped after a build
        } catch (const Unbuildable& error) {
            if (first)
                server.reporter().warning("swap.matview", error.message());
            else
                first = error;
        }
    }
    if (first)
        throw Unbuildable(*first);
}

Unit drop_empty(const job::State& state) {
    const std::string former = sql::quoted(QualifiedName{state.table.schema, state.old_name});
    Unit unit;
    unit.name = fmt::format("drop {}", former);
    unit.steps = {ddl::statement(fmt::format("DROP TABLE IF EXISTS {}", former), "it was empty")};
    return unit;
}

void drop_staged_matviews(job::Session& server, const job::State& state) {
    for (const job::DependentView& view : state.swap().matviews)
        server.executor().run(ddl::drop_staged_matview(view.name));
}

void require_nothing_in_the_way(const db::TableInfo& table) {
    for (const db::DependentInfo& dependent : table.dependents)
        if (!dependent.in_the_way.empty())
            throw Error(
                ExitCode::refused,
                fmt::format("{} must be rebuilt, and {} depends on it", dependent.description, dependent.in_the_way),
                "drop what depends on it, run this again, and create it again afterwards");
}

}  // namespace tripmig::swap
