#include "base/child_process.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <thread>

using namespace std::chrono_literals;
using namespace tripmig;

namespace {

ChildOrders shell(const std::string& script) {
    ChildOrders orders;
    orders.arguments = {"sh", "-c", script};
    return orders;
}

}  // namespace

TEST_CASE("a child's outputs, input, folder and exit code") {
    ChildOrders orders = shell("cat; pwd; echo $NAME; echo error >&2; exit 7");
    orders.input = "in\n";
    orders.directory = "/";
    orders.environment = {"NAME=value", "PATH=/usr/bin:/bin"};
    const ChildEnd end = run_child(orders);
    CHECK(end.how == ChildEnd::How::ended);
    CHECK(end.status == 7);
    CHECK(end.out == "in\n/\nvalue\n");
    CHECK(end.err == "error\n");
    orders.error_output = ChildOrders::Stderr::with_stdout;
    CHECK(run_child(orders).out == "in\n/\nvalue\nerror\n");
    orders.arguments = {"no-such-program"};
    CHECK(run_child(orders).status == 127);
    CHECK(run_child(shell("kill -9 $$")).status == 128 + SIGKILL);
}

TEST_CASE("a child that takes too long is ended with all that it started") {
    ChildOrders orders = shell("echo $$; sleep 1000 & wait");
    orders.patience = 200ms;
    const ChildEnd end = run_child(orders);
    CHECK(end.how == ChildEnd::How::timed_out);
    const pid_t group = std::stoi(end.out);
    // What was killed is gone as soon as its new parent has seen it.
    for (int tries = 0; tries < 1000 && ::kill(-group, 0) == 0; ++tries)
        std::this_thread::sleep_for(5ms);
    CHECK(::kill(-group, 0) != 0);
    ChildOrders silent = shell("exec >&- 2>&-; sleep 1000");
    silent.patience = 200ms;
    CHECK(run_child(silent).how == ChildEnd::How::timed_out);
}

TEST_CASE("a child that never stops writing is ended") {
    ChildOrders orders = shell("cat /dev/zero");
    orders.most_output = 100'000;
    const ChildEnd end = run_child(orders);
    CHECK(end.how == ChildEnd::How::too_much_output);
    CHECK(end.out.size() < 300'000);
}
