#include "job/locks/blockers.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/workbench.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace {

const std::vector<LockRequest> locks{{{"public", "busy"}, LockMode::access_exclusive, {}}};

/// Sessions that never stop asking, each in a transaction of a moment.
class Readers {
  public:
    Readers(const TestDatabase& database, int count) {
        for (int number = 0; number < count; ++number)
            m_threads.emplace_back([this, &database] {
                const Connection session = database.connect();
                while (!m_stop)
                    (void)session.scalar("SELECT count(*) FROM busy");
            });
    }
    ~Readers() {
        m_stop = true;
        for (std::thread& thread : m_threads)
            thread.join();
    }
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;

  private:
    std::atomic<bool> m_stop{false};
    std::vector<std::thread> m_threads;
};

}  // namespace

TEST_CASE("a transaction that ends while we look is of no unknown age") {
    Workbench bench;
    bench.database.exec("CREATE TABLE busy (id int)");
    const Readers readers(bench.database, 3);
    std::string found;
    for (int look = 0; look < 1000 && found.empty(); ++look)
        found = job::find_blockers(bench.session, locks, std::chrono::hours(1)).text();
    CHECK(found == "");
}

TEST_CASE("an old transaction is found, whoever else comes and goes") {
    Workbench bench;
    bench.database.exec("CREATE TABLE busy (id int)");
    const Connection old = bench.database.connect();
    old.exec("BEGIN; SELECT count(*) FROM busy");
    const Readers readers(bench.database, 1);
    const std::string found = job::find_blockers(bench.session, locks, std::chrono::milliseconds(0)).text();
    CHECK(found.find("BEGIN; SELECT count(*) FROM busy") != std::string::npos);
}
