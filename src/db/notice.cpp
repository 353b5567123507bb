#include "db/notice.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <string_view>

namespace tripmig::db {

void NoticeForwarder::receive(void* forwarder, const pg_result* result) {
    const auto& self = *static_cast<NoticeForwarder*>(forwarder);
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const std::string_view word = severity != nullptr ? severity : "NOTICE";
    const bool is_warning = word == "WARNING";
    // What a user's statement says is for the user; what ours say ("does not exist, skipping") is not.
    const bool is_users = self.m_source != nullptr && (word == "NOTICE" || word == "INFO");
    Event event;
    event.severity = is_warning ? Severity::warning : is_users ? Severity::info : Severity::debug;
    event.kind = "server.notice";
    if (self.m_source != nullptr) {
        event.message = fmt::format("{}:{}: ", self.m_source->file, self.m_source->line);
        event.fields = {{"file", self.m_source->file}, {"line", fmt::format("{}", self.m_source->line)}};
    }
    if (!is_warning)
        event.message += fmt::format("{}: ", word);
    event.message += message != nullptr ? message : "";
    self.m_reporter.emit(event);
}

}  // namespace tripmig::db
