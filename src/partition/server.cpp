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
        .with_hint(
            "the error comes from the server of a foreign table, not from the database itself: make that server "
            "reachable");
}

}  // namespace tripmig::partition
