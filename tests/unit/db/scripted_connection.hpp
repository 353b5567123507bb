#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "base/step.hpp"
#include "db/step_connection.hpp"

namespace tripmig::test {

/// Time passes only where somebody waits, or the test says so.
class HandClock final : public Clock {
  public:
    [[nodiscard]] Instant now() const override { return Instant(m_passed); }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::time_point(std::chrono::hours(1) + m_passed);
    }
    void wait_for(std::chrono::milliseconds duration, const StopSignal& /*stop*/) const override {
        pauses.push_back(duration);
        if (on_wait)
            on_wait();
        m_passed += duration;
    }
    void pass(std::chrono::milliseconds time) { m_passed += time; }

    mutable std::vector<std::chrono::milliseconds> pauses;
    std::function<void()> on_wait;

  private:
    mutable std::chrono::microseconds m_passed{0};
};

class Events final : public Reporter {
  public:
    void emit(const Event& event) override { all.push_back(event); }
    [[nodiscard]] std::vector<Event> of_kind(std::string_view kind) const {
        std::vector<Event> found;
        std::copy_if(all.begin(), all.end(), std::back_inserter(found),
                     [&](const Event& event) { return event.kind == kind; });
        return found;
    }
    std::vector<Event> all;
};

/// An answer of one row.
class OneRow final : public db::Answer {
  public:
    using Cells = std::vector<std::pair<std::string, std::string>>;  ///< column and text

    explicit OneRow(Cells cells) : m_cells(std::move(cells)) {}
    [[nodiscard]] std::size_t rows() const override { return 1; }
    [[nodiscard]] std::size_t columns() const override { return m_cells.size(); }
    [[nodiscard]] std::string_view column_name(std::size_t column) const override { return m_cells.at(column).first; }
    [[nodiscard]] std::optional<std::string_view> cell(std::size_t /*row*/, std::size_t column) const override {
        return m_cells.at(column).second;
    }
    [[nodiscard]] std::uint64_t affected() const override { return 0; }

  private:
    Cells m_cells;
};

inline db::Result row(OneRow::Cells cells) {
    return db::Result(std::make_shared<const OneRow>(std::move(cells)));
}

inline db::Result value(std::string text) {
    return row({{"value", std::move(text)}});
}

inline Error server_says(std::string sqlstate, std::string message = "the server's words") {
    const bool is_transient = sqlstate == "55P03" || sqlstate == "40P01" || sqlstate == "40001";
    return Error(is_transient ? ExitCode::lock_deadline : ExitCode::unexpected, std::move(message))
        .with_sqlstate(std::move(sqlstate));
}

/// Answers as the test says, and keeps what it was sent.
class ScriptedConnection final : public db::StepConnection {
  public:
    /// What the server does with one statement: it answers, throws, or breaks the connection first.
    std::function<db::Result(const std::string& sql)> answer = [](const std::string&) { return db::Result(); };
    /// The same of a session beside this one; empty: there is no room for one.
    std::function<db::Result(const std::string& sql)> answer_beside;
    std::vector<std::string> sent;                                    ///< statement by statement
    std::vector<std::vector<std::optional<std::string>>> parameters;  ///< of those that are steps
    int round_trips = 0;
    bool has_lost_prepared = false;
    bool is_lost = false;
    mutable int opened_beside = 0;

    db::Result execute(const std::string& sql) override {
        ++round_trips;
        return receive(sql);
    }
    db::Result execute(const Step& step) override {
        ++round_trips;
        parameters.push_back(step.parameters);
        return receive(step.sql);
    }
    std::vector<db::Result> execute_pipelined(const std::vector<Step>& steps) override {
        ++round_trips;
        std::vector<db::Result> results;
        for (const Step& step : steps) {
            parameters.push_back(step.parameters);
            results.push_back(receive(step.sql));
        }
        return results;
    }
    void discard_session() override { sent.emplace_back("<discard>"); }
    bool forget_lost_prepared() override { return std::exchange(has_lost_prepared, false); }
    void rollback_quietly() noexcept override { sent.emplace_back("ROLLBACK"); }
    void set_wait_observer(WaitObserver observer) override { m_observer = std::move(observer); }
    [[nodiscard]] bool is_broken() const override { return is_lost; }
    [[nodiscard]] int server_version() const override { return 150018; }
    [[nodiscard]] int protocol_backend_pid() const override { return 4711; }
    [[nodiscard]] std::unique_ptr<db::StepConnection> open_beside(std::string_view /*name*/,
                                                                  const StopSignal& /*stop*/) const override {
        ++opened_beside;
        if (!answer_beside)
            throw Error(ExitCode::unreachable, "no connection is free");
        auto beside = std::make_unique<ScriptedConnection>();
        beside->answer = answer_beside;
        return beside;
    }

    /// The statement that is being answered has run so long by now.
    void runs_for(std::chrono::milliseconds elapsed) const {
        if (m_observer)
            m_observer(elapsed);
    }
    [[nodiscard]] bool was_sent(std::string_view text) const { return count(text) > 0; }
    [[nodiscard]] std::ptrdiff_t count(std::string_view text) const {
        return std::count_if(sent.begin(), sent.end(),
                             [&](const std::string& sql) { return sql.find(text) != std::string::npos; });
    }

  private:
    db::Result receive(const std::string& sql) {
        sent.push_back(sql);
        return answer(sql);
    }

    WaitObserver m_observer;
};

}  // namespace tripmig::test
