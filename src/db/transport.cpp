#include "db/transport.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

#include "config/connection_string.hpp"
#include "db/connection_parameters.hpp"
#include "db/connection_state.hpp"

namespace tripmig::db {

Transport read_transport(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                         const StopSignal& stop) {
    ConnectionState state(database, role, reporter, stop);
    state.parameters = connection_parameters(database, role);
    state.description = config::redacted(state.parameters);
    state.start();
    state.complete(database.connect_timeout);
    PGconn* const connection = state.raw();
    const auto text = [](const char* value) { return std::string(value == nullptr ? "" : value); };
    Transport transport;
    transport.host = text(PQhost(connection));
    transport.port = text(PQport(connection));
    transport.is_socket = transport.host.empty() || transport.host.front() == '/' || transport.host.front() == '@';
    transport.is_encrypted = PQsslInUse(connection) != 0;
    transport.protocol = text(PQsslAttribute(connection, "protocol"));
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfo(connection),
                                                                                 PQconninfoFree);
    for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
        if (std::string_view(option->keyword) == "sslmode")
            transport.ssl_mode = text(option->val);
        if (std::string_view(option->keyword) == "sslrootcert")
            transport.ssl_roots = text(option->val);
    }
    return transport;
}

}  // namespace tripmig::db
