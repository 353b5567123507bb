#include "job/locks/old_snapshots.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "job/statements.hpp"

namespace tripmig::job {

namespace chr = std::chrono;

namespace {

std::string readers_of(db::Session& session, std::int64_t transaction) {
    std::string text;
    for (const db::Row& row : session.read(std::string(statements::old_snapshots), {fmt::format("{}", transaction)}))
        text += (text.empty() ? "" : "; ") + row.text("reader");
    return text;
}

}  // namespace

std::int64_t transaction_after_all(Session& server) {
    return server.session().number("SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text");
}

void wait_for_old_snapshots(Session& server, std::int64_t transaction, chr::steady_clock::time_point deadline) {
    std::string told;
    for (;;) {
        server.stop().check();
        const std::string readers = readers_of(server.session(), transaction);
        server.live_status().waits_for(readers);
        if (readers.empty())
            return;
        if (server.clock().steady() >= deadline)
            throw Error(ExitCode::lock_deadline,
                        fmt::format("a snapshot from before the copy is still in use: {}", readers),
                        "this attempt changed nothing: in the new table, that snapshot would lack the latest rows. Run "
                        "it again when the transaction has ended, or raise cutover_deadline in [swap]");
        if (told.empty()) {
            told = readers;
            server.reporter().info("swap.old_snapshot", fmt::format("waits for older snapshots: {}", told));
        }
        server.stop().wait_for(chr::milliseconds(20));
    }
}

}  // namespace tripmig::job
