#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/step.hpp"

struct pg_conn;
struct pg_result;

namespace tripmig::db {

/// Sends steps into libpq's pipeline and says which answer belongs to which step. Knows nothing of waiting: that is the
/// connection's.
class Pipeline {
  public:
    explicit Pipeline(pg_conn* connection) : m_connection(connection) {}

    /// Enters pipeline mode and queues everything, a Sync at the end. False: the connection is lost.
    [[nodiscard]] bool send(const std::vector<Step>& steps, const std::set<std::string>& prepared);

    /// One expected answer.
    struct Answer {
        const Step* step = nullptr;
        bool is_preparation = false;
    };
    [[nodiscard]] const std::vector<Answer>& answers() const noexcept { return m_answers; }

  private:
    [[nodiscard]] bool queue(const Step& step, const std::set<std::string>& prepared);

    pg_conn* m_connection;
    std::vector<Answer> m_answers;
};

}  // namespace tripmig::db
