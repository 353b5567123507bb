#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "report/reporter.hpp"

/// A clock that stands still until it is told to go on.
class FakeClock final : public tripmig::Clock {
  public:
    [[nodiscard]] tripmig::Instant now() const override { return m_now; }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return m_steady; }
    void pass(std::chrono::milliseconds time) {
        m_now += time;
        m_steady += time;
    }

  private:
    tripmig::Instant m_now{std::chrono::sys_days{std::chrono::year(2026) / 1 / 31} + std::chrono::hours(13)};
    std::chrono::steady_clock::time_point m_steady{std::chrono::hours(1000)};
};

/// What a reporter writes, write by write, and what a terminal would show of it.
class FakeTerminal {
  public:
    explicit FakeTerminal(bool is_terminal) {
        options.is_terminal = is_terminal;
        options.sink = [this](std::string_view text) { writes.emplace_back(text); };
        options.width = [this] { return columns; };
        options.clock = &clock;
    }

    [[nodiscard]] std::string written() const {
        std::string all;
        for (const std::string& text : writes)
            all += text;
        return all;
    }

    /// The lines on the screen: carriage return goes to the line's start, ESC[K clears to its end.
    [[nodiscard]] std::vector<std::string> screen() const {
        std::vector<std::string> lines{""};
        std::size_t column = 0;
        const std::string all = written();
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i] == '\n') {
                lines.emplace_back();
                column = 0;
            } else if (all[i] == '\r') {
                column = 0;
            } else if (all.compare(i, 3, "\x1b[K") == 0) {
                lines.back().erase(column);
                i += 2;
            } else {
                lines.back().resize(std::max(lines.back().size(), column + 1), ' ');
                lines.back()[column++] = all[i];
            }
        }
        return lines;
    }

    tripmig::report::ReporterOptions options;
    FakeClock clock;
    std::size_t columns = 80;
    std::vector<std::string> writes;
};

inline tripmig::Event progress_event(const std::string& task, std::uint64_t done, std::uint64_t total) {
    tripmig::Event event;
    event.kind = "load.progress";
    event.progress = tripmig::Progress{task, done, total, "rows"};
    return event;
}
