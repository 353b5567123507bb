#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/notice.hpp"
#include "db/pipeline.hpp"
#include "db/refusal.hpp"
#include "db/result.hpp"

namespace tripmig::db {

/// What connection.cpp, connecting.cpp, copy/copy_session.cpp and connection/transport.cpp share, and nobody else
/// includes.
struct ConnectionState {
    std::unique_ptr<PGconn, void (*)(PGconn*)> connection{nullptr, PQfinish};
    Reporter& reporter;
    const StopSignal& stop;
    NoticeForwarder notices;
    config::DatabaseConfig database;  ///< and role: what reconnect() needs
    std::string role;
    std::map<std::string, std::string> parameters;  ///< while it connects
    bool waits_for_free = true;                     ///< when every connection is taken: tries again
    std::string description;
    std::function<void(std::chrono::milliseconds)> observer;
    std::function<void(std::string_view)> copy_sink;  ///< is given each row of COPY ... TO STDOUT; empty: nobody
    /// Sends the data of COPY ... FROM STDIN by the function that it is given; empty: a Step has them.
    std::function<void(const std::function<void(std::string_view)>&)> copy_writer;
    std::set<std::string> prepared;
    std::int64_t round_trips = 0;
    PostgresPollingStatusType polling = PGRES_POLLING_WRITING;  ///< while it connects
    /// When the server was asked to cancel: until when it must have answered.
    std::optional<std::chrono::steady_clock::time_point> answer_by;

    ConnectionState(config::DatabaseConfig database_, std::string_view role_, Reporter& reporter_,
                    const StopSignal& stop_)
        : reporter(reporter_), stop(stop_), notices(reporter_), database(std::move(database_)), role(role_) {}

    [[nodiscard]] PGconn* raw() const { return connection.get(); }

    void start();
    [[nodiscard]] bool is_connecting() const;
    bool advance();
    void complete(std::chrono::seconds timeout);
    [[nodiscard]] bool connects_by(std::chrono::steady_clock::time_point deadline, bool has_deadline);
    [[noreturn]] void throw_refused(const Refusal& refusal) const;
    /// Waits until the socket is ready. False: the stop signal was raised.
    [[nodiscard]] bool wait(short events, std::chrono::milliseconds at_most) const;
    void wait_for_server(short events);
    [[noreturn]] void give_up();
    [[noreturn]] void throw_lost(const std::optional<Error>& failure = std::nullopt) const;
    void send(const std::string& sql, const Parameters& arguments = {});
    Result finish(std::string_view sql, const std::optional<StepSource>& source, std::string_view copy_data,
                  std::vector<std::string>* copied_out = nullptr);
    int next_copied(char** row);
    std::string receive_copy();
    void discard_copy();
    std::vector<Result> finish_pipeline(const Pipeline& pipeline);
    void wait_for_result(const std::optional<Error>& failure);
    void send_copy(std::string_view data);
    void send_copy_of_writer();
    void pass_copy_on();
    void flush_all();
};

}  // namespace tripmig::db
