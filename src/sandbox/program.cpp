#include "sandbox/program.hpp"

#include <utility>

#include "base/child_process.hpp"

namespace tripmig::sandbox {

const std::vector<std::string>& bare_environment() {
    static const std::vector<std::string> environment{
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC"};
    return environment;
}

ProgramResult run_program(const std::vector<std::string>& arguments, std::string_view input) {
    ChildOrders orders;
    orders.arguments = arguments;
    orders.environment = bare_environment();
    orders.directory = "/";
    orders.input = input;
    orders.error_output = ChildOrders::Stderr::with_stdout;
    orders.ends_on_signal = false;  // what is cleared away is cleared away to its end
    ChildEnd end = run_child(orders);
    return {end.status, std::move(end.out)};
}

}  // namespace tripmig::sandbox
