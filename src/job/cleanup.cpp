#include "job/cleanup.hpp"

#include <fmt/format.h>

#include <thread>

#include "db/connection_parameters.hpp"

namespace tripmig::job {

void clean_up_quietly(Session& server, const std::function<void(db::Session&)>& work,
                      const std::string& left) noexcept {
    constexpr int attempts = 20;
    for (int attempt = 1; attempt <= attempts; ++attempt) {
        try {
            // A session of its own: the others may be lost, or give up because of a signal.
            db::Session session(db::direct_connection(server.config().database), "swap-cleanup");
            work(session);
            return;
        } catch (const std::exception& problem) {
            if (attempt < attempts) {
                std::this_thread::sleep_for(std::chrono::milliseconds(50 * attempt));
                continue;
            }
            server.reporter().warning(
                "swap.left",
                fmt::format("{} ({}); run the same command again to resume, or `tripmig swap abort` to undo", left,
                            problem.what()));
        }
    }
}

}  // namespace tripmig::job
