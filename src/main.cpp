#include <exception>
#include <string>
#include <vector>

#include "cli/application.hpp"

int main(int argc, char** argv) {
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
