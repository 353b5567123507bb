#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "fake_terminal.hpp"
#include "report/reporter.hpp"

using namespace std::chrono_literals;
using namespace tripmig::report;
using tripmig::Event;
using tripmig::Severity;
using Lines = std::vector<std::string>;

TEST_CASE("lines carry their severity") {
    FakeTerminal log(false);
    const auto reporter = make_reporter(log.options);
    reporter->info("a", "applied V1");
    reporter->warning("b", "slow");
    reporter->debug("c", "not shown");
    reporter->emit(Event{Severity::error, "d", "broken", {{"pid", "7"}}, std::nullopt});
    CHECK(log.written() == "applied V1\nwarning: slow\nerror: broken\n");
}

TEST_CASE("quiet leaves warnings and errors") {
    FakeTerminal log(false);
    log.options.quiet = true;
    const auto reporter = make_reporter(log.options);
    reporter->info("a", "applied V1");
    reporter->emit(progress_event("load", 1, 10));
    reporter->warning("b", "slow");
    CHECK(log.written() == "warning: slow\n");
}

TEST_CASE("verbose shows debug events and fields") {
    FakeTerminal log(false);
    log.options.verbose = true;
    const auto reporter = make_reporter(log.options);
    reporter->debug("a", "sent");
    reporter->emit(Event{Severity::info, "d", "locked", {{"pid", "7"}, {"mode", "SHARE"}}, std::nullopt});
    CHECK(log.written() == "debug: sent\nlocked  [pid=7 mode=SHARE]\n");
}

TEST_CASE("colours, when asked for") {
    FakeTerminal log(false);
    log.options.color = true;
    const auto reporter = make_reporter(log.options);
    reporter->warning("b", "slow");
    CHECK(log.written() == "\x1b[33mwarning:\x1b[0m slow\n");
}

TEST_CASE("an object's name cannot send escape sequences") {
    FakeTerminal log(false);
    make_reporter(log.options)->info("a", "dropped \x1b]0;x\x07");
    CHECK(log.written() == "dropped \\x1b]0;x\\x07\n");
}

TEST_CASE("elsewhere than on a terminal: the first value, one in 5 s, the last") {
    FakeTerminal log(false);
    const auto reporter = make_reporter(log.options);
    for (std::uint64_t done = 0; done <= 120; ++done) {
        reporter->emit(progress_event("load", done, 120));
        log.clock.pass(100ms);
    }
    reporter->emit(progress_event("load", 120, 120));
    CHECK(log.written() ==
          "load: 0% (0/120 rows)\n"
          "load: 41% (50/120 rows, 10 rows/s, 7 s left)\n"
          "load: 83% (100/120 rows, 10 rows/s, 2 s left)\n"
          "load: 120 rows in 12 s (10 rows/s)\n");
}

TEST_CASE("a task that begins again is told again") {
    FakeTerminal log(false);
    const auto reporter = make_reporter(log.options);
    reporter->emit(progress_event("load", 10, 10));
    reporter->emit(progress_event("load", 3, 10));
    reporter->emit(progress_event("load", 10, 10));
    CHECK(log.written() == "load: 10 rows\nload: 30% (3/10 rows)\nload: 10 rows\n");
}

TEST_CASE("a warning with progress is a line as well") {
    FakeTerminal log(false);
    const auto reporter = make_reporter(log.options);
    Event event = progress_event("load", 1, 10);
    event.severity = Severity::warning;
    event.message = "paused";
    reporter->emit(event);
    CHECK(log.written() == "warning: paused\nload: 10% (1/10 rows)\n");
}

TEST_CASE("on a terminal the bar is redrawn in place, ten times a second at most") {
    FakeTerminal terminal(true);
    const auto reporter = make_reporter(terminal.options);
    for (std::uint64_t done = 0; done < 100; ++done) {
        reporter->emit(progress_event("load", done, 1000));
        terminal.clock.pass(10ms);
    }
    CHECK(terminal.writes.size() == 10);
    CHECK(terminal.screen() ==
          Lines{"load  [##.........................]    9%  90/1,000 rows  100 rows/s  10 s left"});
}

TEST_CASE("lines stand above the bar, whole") {
    FakeTerminal terminal(true);
    {
        const auto reporter = make_reporter(terminal.options);
        reporter->emit(progress_event("load", 100, 1000));
        reporter->info("a", "first");
        reporter->warning("b", "second");
        Lines screen = terminal.screen();
        REQUIRE(screen.size() == 3);
        CHECK(screen[0] == "first");
        CHECK(screen[1] == "warning: second");
        CHECK(screen[2].find("load  [") == 0);
        terminal.clock.pass(1s);
        reporter->emit(progress_event("load", 1000, 1000));
        reporter->info("c", "third");
        CHECK(terminal.screen() ==
              Lines{"first", "warning: second", "load: 1,000 rows in 1 s (900 rows/s)", "third", ""});
        reporter->emit(progress_event("index", 1, 2));
    }
    CHECK(terminal.screen().back().empty());
}

TEST_CASE("of several tasks the one that began last stands in the bar until it is done or silent") {
    FakeTerminal terminal(true);
    const auto reporter = make_reporter(terminal.options);
    reporter->emit(progress_event("a", 1, 10));
    terminal.clock.pass(200ms);
    reporter->emit(progress_event("b", 1, 10));
    CHECK(terminal.screen().back().find("b (1 other running)  [") == 0);
    terminal.clock.pass(5s);
    reporter->emit(progress_event("a", 2, 10));
    CHECK(terminal.screen().back().find("a (1 other running)  [") == 0);
    terminal.clock.pass(200ms);
    reporter->emit(progress_event("a", 10, 10));
    CHECK(terminal.screen().back().find("b  [") == 0);
    reporter->emit(progress_event("b", 10, 10));
    CHECK(terminal.screen().back().empty());
}

TEST_CASE("a part of a command's work has a line in a log when it takes long") {
    FakeTerminal log(false);
    const auto reporter = make_reporter(log.options);
    Event event = progress_event("index", 1, 1);
    event.severity = Severity::debug;
    reporter->emit(event);
    CHECK(log.screen() == Lines{""});
    event.progress->task = "load";
    for (const std::uint64_t done : {1U, 2U, 3U}) {
        event.progress->done = done;
        event.progress->total = 3;
        reporter->emit(event);
        log.clock.pass(3s);
    }
    CHECK(log.screen().size() == 3);
}

TEST_CASE("progress of work that nothing counts: how long it has taken, gone when it is over") {
    FakeTerminal terminal(true);
    const auto reporter = make_reporter(terminal.options);
    Event event = progress_event("index a", 65, 0);
    event.severity = Severity::debug;  // progress is shown all the same
    event.progress->is_elapsed_time = true;
    reporter->emit(event);
    CHECK(terminal.screen().back() == "index a  1 min 5 s");
    event.progress->is_over = true;
    reporter->emit(event);
    CHECK(terminal.screen().back().empty());
}

TEST_CASE("events from many threads make whole lines") {
    FakeTerminal log(false);
    std::atomic<int> inside{0};
    std::atomic<bool> overlapped{false};
    log.options.sink = [&, write = log.options.sink](std::string_view text) {
        overlapped = overlapped || inside.fetch_add(1) != 0;
        std::this_thread::yield();  // an invitation to a second thread, which must wait outside
        if (!overlapped)
            write(text);
        inside.fetch_sub(1);
    };
    {
        const auto reporter = make_reporter(log.options);
        std::vector<std::thread> threads;
        threads.reserve(4);
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&reporter, t] {
                for (int i = 0; i < 200; ++i) {
                    reporter->info("a", "line");
                    reporter->emit(progress_event("task " + std::to_string(t), static_cast<std::uint64_t>(i), 1000));
                }
            });
        for (std::thread& thread : threads)
            thread.join();
    }
    CHECK_FALSE(overlapped);
    int lines = 0;
    for (const std::string& text : log.writes)
        lines += text == "line\n" ? 1 : 0;
    CHECK(lines == 800);
    CHECK(log.writes.size() == 804);
}
