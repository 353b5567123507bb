#include "backfill/workers.hpp"

#include <doctest/doctest.h>

using namespace tripmig;

TEST_CASE("a worker is one process of the server; of several, what is built alone has the others as helpers") {
    for (const auto& [processes, helpers] : {std::pair{1, "= 0;"}, std::pair{3, "= 2;"}}) {
        const std::string sql = backfill::beside_service_sql(processes);
        CAPTURE(sql);
        CHECK(sql.find(std::string("max_parallel_maintenance_workers ") + helpers) != std::string::npos);
        CHECK(sql.find(std::string("max_parallel_workers_per_gather ") + helpers) != std::string::npos);
        CHECK(sql.find("backend_flush_after") != std::string::npos);
        CHECK(sql.find("client_connection_check_interval") != std::string::npos);
    }
}

TEST_CASE("workers: as many as were asked for, at least one") {
    config::SwapConfig config;
    config.workers = 5;
    CHECK(backfill::worker_count(config) == 5);
    config.workers = 0;
    CHECK(backfill::worker_count(config) >= 1);
}
