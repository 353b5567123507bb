#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/event.hpp"
#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/result.hpp"

namespace tripmig::db {

struct ConnectionState;

/// Sends a piece of COPY data; not kept.
using CopySend = std::function<void(std::string_view)>;

/// A session whose COPY is passed on piece by piece, so that a table of any size needs no memory. Under our own
/// settings. After an exception it is good for nothing more.
class CopySession {
  public:
    CopySession(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                const StopSignal& stop);
    ~CopySession();
    CopySession(const CopySession&) = delete;
    CopySession& operator=(const CopySession&) = delete;

    /// Throws Error as Connection does.
    Result execute(const std::string& sql);
    Result execute(const Step& step);
    /// COPY ... TO STDOUT: each row, with its line end.
    void copy_out(const std::string& sql, const std::function<void(std::string_view)>& sink);
    /// COPY ... FROM STDIN: `write` sends what it has by the function that it is given, as often as it likes.
    void copy_in(const std::string& sql, const std::function<void(const CopySend&)>& write);
    [[nodiscard]] int server_version() const;

  private:
    std::unique_ptr<ConnectionState> m_state;
};

}  // namespace tripmig::db
