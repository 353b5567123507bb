#include "app/job_watch.hpp"

#include <fmt/format.h>

#include <string>

#include "app/hooks/hooks.hpp"
#include "db/connection_parameters.hpp"
#include "db/records/measurement_store.hpp"
#include "job/progress.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

namespace chr = std::chrono;

HookEvent event_of(const job::State& state) {
    HookEvent event;
    event.table = sql::quoted(state.table);
    event.stage = job::to_string(state.stage);
    return event;
}

}  // namespace

JobWatch::JobWatch(const Context& context, job::Session& server)
    : m_context(context), m_server(server), m_began(context.clock.steady()) {
    server.set_stage_watch(this);
}

JobWatch::~JobWatch() {
    m_server.set_stage_watch(nullptr);
}

void JobWatch::begins(const job::State& state) {
    run_before_hook(m_context, event_of(state));
    m_began = m_context.clock.steady();
}

void JobWatch::ended(const job::State& former, const job::State& reached) {
    try {
        measure(reached);
    } catch (const Error& error) {
        m_context.stop.check();
        m_context.reporter.debug("measure.failed", error.message());
    }
    HookEvent event = event_of(former);
    event.reached = job::to_string(reached.stage);
    run_after_hook(m_context, event, ExitCode::ok, {});
}

void JobWatch::failed(const job::State& state, const Error& error) {
    run_after_hook(m_context, event_of(state), error.code(), error.message());
}

void JobWatch::measure(const job::State& reached) {
    const std::string& schema = m_context.config.state.schema;
    db::Connection connection(db::direct_connection(m_context.config.database), "measure", m_context.reporter,
                              m_context.stop, db::SessionSettings::own);
    db::measure_table(connection, schema, reached.table);
    db::JobMeasurement job;
    const job::JobProgress progress = job::read_progress(m_server, reached);
    job.backlog = progress.backlog;
    const auto seconds = chr::duration<double>(m_context.clock.steady() - m_began).count();
    if (reached.stage == job::Stage::loaded && seconds > 0)
        job.rate = static_cast<std::int64_t>(
            static_cast<double>(connection
                                    .execute("SELECT GREATEST(pg_catalog.max(c.reltuples), 0)::pg_catalog.int8 FROM "
                                             "pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass($1)",
                                             {sql::quoted(reached.table)})
                                    .number()) /
            seconds);
    if (reached.stage == job::Stage::cut_over)
        job.wait_ms = reached.measured.lock_wait_us / 1000;
    db::measure_job(connection, schema, reached.table, job);
}

}  // namespace tripmig::app
