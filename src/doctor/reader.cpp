#include "doctor/reader.hpp"

#include <fmt/format.h>

#include "db/own_settings.hpp"

namespace tripmig::doctor {

db::Result Reader::rows(std::string_view sql, const db::Parameters& parameters) {
    try {
        m_connection.execute(
            fmt::format("BEGIN READ ONLY; {}; SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '500ms'",
                        db::own_settings_local_sql(m_connection.server_version())));
        db::Result result = m_connection.execute(std::string(sql), parameters);
        m_connection.execute("COMMIT");
        return result;
    } catch (const Error&) {
        m_connection.rollback_quietly();
        throw;
    }
}

std::string remedy_of(const Error& error) {
    if (error.sqlstate() == "42501")
        return "GRANT pg_monitor TO the role, or run it as another one";
    if (error.sqlstate() == "57014")
        return "it took longer than 10 s: try again when the server is less busy";
    if (error.sqlstate() == "55P03")
        return "somebody holds a lock on it: try again";
    return error.hint().empty() ? "try again; the message is the server's" : error.hint();
}

}  // namespace tripmig::doctor
