#include "db/cancel_request.hpp"

#include <libpq-fe.h>

#include <array>
#include <future>
#include <memory>
#include <system_error>
#include <thread>

namespace tripmig::db {

void request_cancel(pg_conn* connection, std::chrono::milliseconds patience) {
    // It has the address and the key of its own: the connection may go while it is used.
    const std::shared_ptr<PGcancel> handle(PQgetCancel(connection), PQfreeCancel);
    if (!handle)
        return;
    const auto done = std::make_shared<std::promise<void>>();
    const std::future<void> is_done = done->get_future();
    try {
        std::thread([handle, done] {
            std::array<char, 256> message{};
            PQcancel(handle.get(), message.data(), static_cast<int>(message.size()));
            done->set_value();
        }).detach();
    } catch (const std::system_error&) {
        return;  // no more threads: who waits for the server's answer has a limit
    }
    is_done.wait_for(patience);
}

}  // namespace tripmig::db
