#include "backfill/workers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace tripmig::backfill {

struct Workers::Worker {
    Worker(const config::DatabaseConfig& database, std::int64_t lock_key, Reporter& reporter, const Clock& clock,
           const StopSignal& stop)
        : connection(database, "swap-worker", reporter, stop, db::SessionSettings::own),
          executor(connection, db::LockPolicy{}, reporter, clock, stop) {
        connection.execute(beside_service_sql(1));
        connection.execute(fmt::format("SELECT pg_catalog.pg_advisory_lock_shared({})", lock_key));
    }

    db::Connection connection;
    db::Executor executor;
};

int worker_count(const config::SwapConfig& config) {
    if (config.workers > 0)
        return config.workers;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency() / 2));
}

std::string beside_service_sql(int processes) {
    return fmt::format(
        "SET max_parallel_maintenance_workers = {0}; SET max_parallel_workers_per_gather = {0}; "
        "SET backend_flush_after = '512kB'; SET client_connection_check_interval = '1s'",
        processes - 1);
}

Workers::Workers(const config::DatabaseConfig& database, int count, std::int64_t lock_key, Reporter& reporter,
                 const Clock& clock, const StopSignal& stop) {
    for (int number = 0; number < count; ++number)
        m_workers.push_back(std::make_unique<Worker>(database, lock_key, reporter, clock, stop));
}

Workers::~Workers() = default;

void Workers::run(const Turn& turn) {
    std::atomic<bool> has_failed{false};
    std::mutex guard;
    std::exception_ptr failure;
    const auto work = [&](db::Executor& executor) {
        try {
            while (!has_failed && turn(executor)) {
            }
        } catch (...) {
            const std::lock_guard<std::mutex> lock(guard);
            if (!failure)
                failure = std::current_exception();
            has_failed = true;
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t number = 1; number < m_workers.size(); ++number)
        threads.emplace_back([&work, &executor = m_workers[number]->executor] { work(executor); });
    work(m_workers.front()->executor);
    for (std::thread& thread : threads)
        thread.join();
    if (failure)
        std::rethrow_exception(failure);
}

void Workers::for_each(std::size_t items,
                       const std::function<void(db::Executor& executor, std::size_t item)>& function) {
    std::atomic<std::size_t> next{0};
    run([&](db::Executor& executor) {
        const std::size_t item = next++;
        if (item >= items)
            return false;
        function(executor, item);
        return true;
    });
}

}  // namespace tripmig::backfill
