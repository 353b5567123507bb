#include "db/executor/release_witness.hpp"

#include <fmt/format.h>

#include <csignal>

#include "base/error.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

ReleaseWitness::ReleaseWitness(const StepConnection& watched, const Clock& clock)
    : m_connection(watched.open_beside("witness", m_stop)), m_clock(clock), m_pid(watched.protocol_backend_pid()) {
    m_connection->execute("SET lock_timeout = 0");  // it waits for a COMMIT
}

ReleaseWitness::~ReleaseWitness() {
    (void)released();
}

std::string ReleaseWitness::lock_sql(const std::string& function) const {
    constexpr int lock_class = 0x74726d77;
    return fmt::format("SELECT pg_catalog.{}({}, {})", function, lock_class, m_pid);
}

std::string ReleaseWitness::mark_sql() const {
    return lock_sql("pg_advisory_xact_lock");
}

void ReleaseWitness::watch() {
    (void)released();  // of a COMMIT that failed
    m_is_done = false;
    m_at.reset();
    m_waiting = std::thread([this] {
        try {
            m_connection->execute(lock_sql("pg_advisory_xact_lock_shared"));
            m_at = m_clock.steady();
        } catch (const Error&) {
            // Nothing was seen; the caller has COMMIT's answer.
        }
        m_is_done = true;
    });
}

std::optional<chr::steady_clock::time_point> ReleaseWitness::released() {
    if (!m_waiting.joinable())
        return std::nullopt;
    constexpr chr::milliseconds patience{50};
    for (const auto until = m_clock.steady() + patience; !m_is_done && m_clock.steady() < until;)
        std::this_thread::sleep_for(chr::milliseconds(1));
    if (!m_is_done)
        m_stop.raise(SIGTERM);
    m_waiting.join();
    return m_at;
}

}  // namespace tripmig::db
