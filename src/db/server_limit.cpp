#include "db/server_limit.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace tripmig::db {

Error with_server_limit(const Error& error, StepConnection& connection) {
    if (error.sqlstate() != "53200" || connection.is_broken())
        return error;
    // The server's hint is translated; the name in it is not.
    for (const std::string_view name : std::array{"max_locks_per_transaction", "max_pred_locks_per_transaction"}) {
        if (error.hint().find(name) == std::string::npos)
            continue;
        try {
            const Result value = connection.execute(fmt::format("SELECT pg_catalog.current_setting('{}')", name));
            Error limited = error;
            limited.with_hint(
                fmt::format("raise {0} and restart the server, then run the same command again; {0} is "
                            "now {1}",
                            name, value.text()));
            return limited;
        } catch (const Error&) {
            return error;  // what happened first is what counts
        }
    }
    return error;
}

}  // namespace tripmig::db
