#include "job/live_status.hpp"

#include <fmt/format.h>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "base/json_text.hpp"
#include "db/state/with_state.hpp"
#include "job/statements.hpp"

namespace tripmig::job {

using nlohmann::json;

void LiveStatus::holds(const backfill::ThrottleState& state) {
    const std::lock_guard guard(m_guard);
    m_hold = state.hold;
    m_since = state.since;
    m_busy_tps = state.busy_tps;
    write();
}

void LiveStatus::attempted(int attempts) {
    const std::lock_guard guard(m_guard);
    m_attempts = attempts;
    write();
}

void LiveStatus::waits_for(const std::string& whom) {
    const std::lock_guard guard(m_guard);
    // How long they have been at it changes with every look.
    const auto now = std::chrono::steady_clock::now();
    if (whom == m_waits_for || (!whom.empty() && !m_waits_for.empty() && now - m_told < std::chrono::seconds(1)))
        return;
    m_told = now;
    m_waits_for = whom;
    write();
}

void LiveStatus::write() {
    if (m_table.name.empty())
        return;
    json note{{"attempts", m_attempts}};
    if (m_hold)
        note.update({{"kind", backfill::kind_name(m_hold->kind)}, {"reason", m_hold->reason}});
    if (m_since)
        note["since"] = format_timestamp(*m_since);
    if (m_busy_tps)
        note["rests_for"] = *m_busy_tps;
    if (!m_waits_for.empty())
        note["waits_for"] = m_waits_for;
    try {
        if (!m_session)
            m_session.emplace(m_database, "swap-note");
        m_session->transact(db::Isolation::read_committed, [&](db::Work& work) {
            work.change(db::with_state(statements::note_live, m_state_schema),
                        {m_table.schema, m_table.name, json_text(note, -1)});
        });
    } catch (const Error&) {
        m_session.reset();  // the next note connects again; a server that is gone shows in the work itself
    }
}

}  // namespace tripmig::job
