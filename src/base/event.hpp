#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tripmig {

enum class Severity { debug, info, warning, error };

/// How far a long piece of work is. Reporters make the rate and the time left of successive values.
struct Progress {
    std::string task;  ///< stable for the whole piece of work: "load public.orders"
    std::uint64_t done = 0;
    std::uint64_t total = 0;       ///< 0: not known
    std::string unit;              ///< "rows", "blocks", "statements", "files"
    std::uint64_t unit_bytes = 0;  ///< of one unit, where it is data of one size: the rate is then told as MB/s
    bool is_elapsed_time = false;  ///< `done` is in seconds, since nothing counts what is done; no total
    bool is_over = false;          ///< the last value of a piece of work whose total was not known
};

/// Something that happened, told once and rendered many ways: a line, a progress bar, a JSON line, a metric.
struct Event {
    Severity severity = Severity::info;
    std::string kind;     ///< machine name, stable: "migration.applied", "lock.waiting"
    std::string message;  ///< one sentence for people, without secrets
    std::vector<std::pair<std::string, std::string>> fields;  ///< for JSON lines, in this order
    std::optional<Progress> progress;
};

/// The seam between what happens and how it is shown. Implementations live in report/. Calls may come from any thread.
class Reporter {
  public:
    Reporter() = default;
    Reporter(const Reporter&) = delete;
    Reporter& operator=(const Reporter&) = delete;
    virtual ~Reporter() = default;

    virtual void emit(const Event& event) = 0;

    void debug(std::string kind, std::string message) { say(Severity::debug, std::move(kind), std::move(message)); }
    void info(std::string kind, std::string message) { say(Severity::info, std::move(kind), std::move(message)); }
    void warning(std::string kind, std::string message) { say(Severity::warning, std::move(kind), std::move(message)); }

  private:
    void say(Severity severity, std::string kind, std::string message) {
        emit(Event{severity, std::move(kind), std::move(message), {}, std::nullopt});
    }
};

}  // namespace tripmig
