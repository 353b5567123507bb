#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/application.hpp"

namespace {

int run(int argc, char** argv) {
    tripmig::cli::Application application;
    try {
        const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
        return to_int(application.run(arguments));
    } catch (const tripmig::Error& error) {
        return to_int(application.fail(error));
    } catch (const std::exception& error) {
        return to_int(
            application.fail(tripmig::Error(tripmig::ExitCode::unexpected, std::string("unexpected: ") + error.what(),
                                            "this is a defect in tripmig; please report it")));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int code = run(argc, argv);
#ifdef TRIPMIG_QUICK_EXIT
    // Everything is written and closed. What the libraries that libpq brings tidy up at the end, the kernel does
    // sooner.
    std::cout.flush();
    std::quick_exit(code);
#else
    return code;
#endif
}
