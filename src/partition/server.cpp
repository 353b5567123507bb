#include "partition/server.hpp"

namespace tripmig::partition {

bool Server::concerns_every_table(const Error& error) const {
    return error.code() == ExitCode::interrupted || error.code() == ExitCode::terminated ||
           executor.connection().is_broken() || session.is_broken();
}

Error of_table(const Error& error) {
    if (error.code() != ExitCode::unreachable)
        return error;
    return error.rewrapped(ExitCode::refused)
        .with_hint("the server itself is reached: this came from a foreign table's server; make that one reachable");
}

}  // namespace tripmig::partition
