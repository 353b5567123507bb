#include "report/sink.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>

#include "report/reporter.hpp"

using namespace tripmig::report;

namespace {

struct Pipe {
    Pipe() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
    ~Pipe() {
        close_reader();
        ::close(ends[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_reader() {
        if (ends[0] >= 0)
            ::close(ends[0]);
        ends[0] = -1;
    }
    std::array<int, 2> ends{-1, -1};
};

bool sigpipe_is_pending() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
}

}  // namespace

TEST_CASE("a descriptor gets what is written, even when it takes little at once") {
    Pipe pipe;
    REQUIRE(::fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK) == 0);
    const std::string text(300'000, 'x');  // more than a pipe holds
    std::size_t received = 0;
    std::thread reader([&] {
        std::array<char, 4096> buffer{};
        while (received < text.size()) {
            const ssize_t count = ::read(pipe.ends[0], buffer.data(), buffer.size());
            if (count <= 0)
                break;
            received += static_cast<std::size_t>(count);
        }
    });
    descriptor_sink(pipe.ends[1])(text);
    reader.join();
    CHECK(received == text.size());
}

TEST_CASE("a reader that went away ends the output, not the process") {
    Pipe pipe;
    pipe.close_reader();
    struct sigaction former {};
    sigaction(SIGPIPE, nullptr, &former);
    const bool would_end_us = former.sa_handler == SIG_DFL;
    REQUIRE(would_end_us);
    const Sink sink = descriptor_sink(pipe.ends[1]);
    sink("one\n");
    sink("two\n");
    CHECK_FALSE(sigpipe_is_pending());
}

TEST_CASE("a closed descriptor ends the output, not the process") {
    const Sink sink = descriptor_sink(-1);
    sink("one\n");
    sink("two\n");
    CHECK(terminal_width(-1) == 80);
    CHECK_FALSE(is_interactive(-1, "xterm"));
}

TEST_CASE("a full disk ends the output, not the process") {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    REQUIRE(full >= 0);
    descriptor_sink(full)("one\n");
    ::close(full);
}

TEST_CASE("colour is for terminals, or as the setting says") {
    const Pipe pipe;
    CHECK_FALSE(reporter_options(pipe.ends[1], "auto", {}).color);
    CHECK(reporter_options(pipe.ends[1], "always", {{"NO_COLOR", "1"}}).color);
    CHECK_FALSE(reporter_options(pipe.ends[1], "auto", {}).is_terminal);

    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(master >= 0);
    REQUIRE(::grantpt(master) == 0);
    REQUIRE(::unlockpt(master) == 0);
    std::array<char, 128> name{};
    REQUIRE(::ptsname_r(master, name.data(), name.size()) == 0);
    const int terminal = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(terminal >= 0);
    CHECK(reporter_options(terminal, "auto", {{"TERM", "xterm"}}).is_terminal);
    CHECK(reporter_options(terminal, "auto", {{"TERM", "xterm"}, {"NO_COLOR", ""}}).color);
    CHECK_FALSE(reporter_options(terminal, "auto", {{"TERM", "xterm"}, {"NO_COLOR", "1"}}).color);
    CHECK_FALSE(reporter_options(terminal, "never", {{"TERM", "xterm"}}).color);
    CHECK_FALSE(reporter_options(terminal, "auto", {{"TERM", "dumb"}}).is_terminal);
    ::close(terminal);
    ::close(master);
}
