#include "chaos/crowd.hpp"

#include <chrono>

#include "chaos/session.hpp"
#include "chaos/switcher.hpp"
#include "chaos/writer.hpp"

namespace tripmig::chaos {

namespace chr = std::chrono;

Crowd::Crowd(const World& world, Tally& tally) : m_world(world), m_tally(tally) {
    for (int number = 0; number < world.plan().writers; ++number)
        m_threads.emplace_back([this, number] { guarded("writer", [this, number] { write(number); }); });
    if (!world.plan().has_truncate)
        m_threads.emplace_back([this] { guarded("reader", [this] { read(); }); });
    if (!world.plan().is_gentle)
        m_threads.emplace_back([this] { guarded("terminator", [this] { terminate(); }); });
    if (world.plan().has_switcher)
        m_threads.emplace_back([this] { guarded("switcher", [this] { switch_triggers(); }); });
}

Crowd::~Crowd() {
    stop();
}

void Crowd::stop() {
    m_stop = true;
    for (std::thread& thread : m_threads)
        if (thread.joinable())
            thread.join();
}

void Crowd::guarded(const std::string& who, const std::function<void()>& work) {
    try {
        work();
    } catch (const std::exception& problem) {
        m_tally.wrong(who + " gave up: " + problem.what());
    }
}

void Crowd::write(int number) {
    Writer writer(m_world, number, m_tally);
    Random random(m_world.plan().seed * 77 + static_cast<unsigned long>(number));
    while (!m_stop) {
        writer.transact();
        // A pace, not a wait for anything: two cores have the swap to do as well.
        std::this_thread::sleep_for(chr::milliseconds(pick(random, m_world.plan().is_gentle ? 40 : 8)));
    }
    writer.testify();
}

/// The rows that nobody touches: there, once, at every moment and in every snapshot, also one that was taken long
/// before.
void Crowd::read() {
    Session session(m_world.service_url(), "reader");
    Random random(m_world.plan().seed + 5);
    const std::string sql = "SELECT count(*), count(DISTINCT id), sum(amount) FROM orders WHERE id > " +
                            std::to_string(m_world.plan().untouched()) +
                            " AND id <= " + std::to_string(m_world.plan().rows);
    const auto first = session.ask(sql).rows;
    while (!m_stop) {
        session.mend();
        const bool is_old = once_in(random, 2);
        if (is_old) {
            (void)session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ");
            (void)session.ask("SELECT pg_sleep(" + std::to_string(pick(random, 700)) + " / 1000.0" + ")");
        }
        const Answer answer = session.ask(sql);
        if (answer.is_ok() ? answer.rows != first : !answer.is_lost())
            m_tally.wrong(std::string("a reader") + (is_old ? " with an old snapshot" : "") + " saw " +
                          (answer.is_ok() ? answer.rows[0][0] + " rows, sum " + answer.rows[0][2] : answer.message) +
                          ", not " + first[0][0] + ", " + first[0][2]);
        if (is_old)
            (void)session.ask("COMMIT");
        std::this_thread::sleep_for(chr::milliseconds(20));
    }
}

void Crowd::terminate() {
    Session superuser(m_world.database.superuser_url(), "terminator");
    Random random(m_world.plan().seed + 9);
    while (!m_stop) {
        std::this_thread::sleep_for(chr::milliseconds(20));
        if (once_in(random, 25))
            (void)superuser.ask(
                "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = '" +
                m_world.database.name() +
                "' AND application_name LIKE 'writer %' AND backend_type = 'client backend' ORDER BY random() LIMIT 1) "
                "AS one");
    }
}

/// The table's owner changes rows of its own behind tripmig's back, now and then. Not once the table is partitioned:
/// then the triggers keep the registry, and whoever goes behind its back is told, not healed.
void Crowd::switch_triggers() {
    Switcher switcher(m_world);
    Random random(m_world.plan().seed + 13);
    constexpr int most = 4;  // each has the load begin again
    for (int strike = 0; strike < most && !m_stop; ++strike) {
        switcher.add_rows();
        const auto end = chr::steady_clock::now() + chr::milliseconds(pick(random, 2500));
        while (!m_stop && chr::steady_clock::now() < end)
            std::this_thread::sleep_for(chr::milliseconds(5));
        switcher.change_unseen();
    }
}

}  // namespace tripmig::chaos
