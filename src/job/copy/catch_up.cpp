#include "job/copy/catch_up.hpp"

#include <fmt/format.h>

#include <limits>

#include "backfill/catch_up.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "ddl/statement_step.hpp"
#include "job/locks/old_snapshots.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// A row of this round may belong to a month that has no leaf yet.
void run_round(Session& server, const backfill::Transfer& transfer, const std::function<bool()>& make_place,
               std::int64_t limit = catch_up_batch) {
    const Unit round = backfill::catch_up_round(transfer, limit);
    try {
        server.executor().run(round);
    } catch (const Error& error) {
        if (error.sqlstate() == "23505" && limit == catch_up_batch) {
            // What one row gave up another may have taken since: part of the log can be what never was at once.
            run_round(server, transfer, make_place, std::numeric_limits<std::int64_t>::max());
            return;
        }
        if (error.sqlstate() != "23514" || !make_place || !make_place())
            throw;
        run_round(server, transfer, make_place, limit);
    }
}

/// Tells of a catch-up of several rounds. How much is left is not known: writers add to it.
class AppliedChanges {
  public:
    AppliedChanges(Session& server, const QualifiedName& table) : m_server(server) {
        m_progress.task = fmt::format("catch up {}", sql::quoted(table));
        m_progress.unit = "changes";
    }
    ~AppliedChanges() {
        m_progress.is_over = true;
        if (m_progress.done > 0)
            tell();
    }
    AppliedChanges(const AppliedChanges&) = delete;
    AppliedChanges& operator=(const AppliedChanges&) = delete;

    void add(std::int64_t changes) {
        m_progress.done += static_cast<std::uint64_t>(changes);
        tell();
    }

  private:
    void tell() {
        Event event{Severity::debug, "swap.caught_up", {}, {}, m_progress};
        event.message = fmt::format("{}: {} changes applied", m_progress.task, m_progress.done);
        m_server.reporter().emit(event);
    }

    Session& m_server;
    Progress m_progress;
};

}  // namespace

void run_catch_up(Session& server, const backfill::Transfer& transfer, const std::function<bool()>& make_place) {
    const auto limit = static_cast<std::int64_t>(server.config().swap.final_keys);
    AppliedChanges applied(server, transfer.capture.source);
    for (;;) {
        server.stop().check();
        const db::Row backlog =
            server.session().read(backfill::backlog_sql(transfer.capture), {fmt::format("{}", catch_up_batch)}).row();
        const std::int64_t entries = backlog.number("entries");
        if (backlog.flag("is_truncated") || entries == 0)
            return;
        if (entries >= catch_up_batch)
            server.throttle().wait();
        run_round(server, transfer, make_place);
        applied.add(entries);
        const std::int64_t log_bytes = server.session().number(backfill::log_size_sql(transfer));
        server.executor().run(backfill::vacuum_log(transfer, log_bytes));
        if (entries <= limit)
            return;
    }
}

void run_last_catch_up(Session& server, const backfill::Transfer& transfer, const std::function<bool()>& make_place,
                       std::chrono::steady_clock::time_point deadline) {
    const std::int64_t most = max_final_backlog(server.config().swap.final_keys);
    for (;;) {
        run_catch_up(server, transfer, make_place);
        wait_for_old_snapshots(server, transaction_after_all(server), deadline);
        const db::Row backlog =
            server.session().read(backfill::backlog_sql(transfer.capture), {fmt::format("{}", most + 1)}).row();
        if (backlog.number("entries") <= most || backlog.flag("is_truncated") || server.clock().steady() >= deadline)
            return;
    }
}

Step require_small_backlog(const backfill::Capture& capture, int final_keys) {
    Step step =
        ddl::check(fmt::format("SELECT pg_catalog.count(*) <= {0} FROM (SELECT FROM {1} LIMIT {0} + 1) AS entries",
                               max_final_backlog(final_keys), sql::quoted(capture.log)),
                   "there are more changes than can be applied under the locks");
    step.is_passing = true;
    return step;
}

Step not_truncated(const backfill::Capture& capture) {
    return ddl::check(fmt::format("SELECT NOT EXISTS (SELECT FROM {} WHERE truncated)", sql::quoted(capture.log)),
                      fmt::format("{} was truncated meanwhile", sql::quoted(capture.source)));
}

}  // namespace tripmig::job
