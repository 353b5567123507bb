#include <fmt/format.h>

#include "lint/hazards/hazards.hpp"
#include "sql/tokens.hpp"

namespace tripmig::lint::hazards {

namespace {

/// What a SET gives its setting.
std::string set_value(std::string_view statement) {
    const std::vector<sql::Token> tokens = sql::tokenize(statement.substr(0, 1000));
    return tokens.empty() ? std::string() : tokens.back().value();
}

void set(LintContext& context) {
    const sql::NameParts& setting = context.statement.facts->target;
    if (setting.empty())
        return;
    const std::string value = set_value(context.statement.sql);
    if (setting.back() == "lock_timeout" && (value == "0" || value == "0s" || value == "0ms"))
        context.add("lock-timeout-off",
                    "a statement that waits for its lock blocks everybody behind it, without a limit",
                    "set a short lock_timeout: tripmig retries until lock_deadline");
    if (setting.back() == "session_replication_role" && value == "replica")
        context.add("disable-trigger", "no trigger fires and no foreign key is checked in this session",
                    "leave it at origin");
}

bool grants_to_public(std::string_view statement) {
    const std::vector<sql::Token> tokens = sql::tokenize(statement);
    bool is_grant = false;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        is_grant = is_grant || tokens[i].is_word("grant");
        if (is_grant && (tokens[i].is_word("to") || tokens[i].is_punctuation(',')) && tokens[i + 1].is_word("public") &&
            (i + 2 >= tokens.size() || !tokens[i + 2].is_punctuation('.')))
            return true;
    }
    return false;
}

}  // namespace

void check_session(LintContext& context) {
    const std::string& kind = context.kind();
    if (kind == "set")
        set(context);
    else if ((kind == "grant" || kind == "alter default privileges") && grants_to_public(context.statement.sql))
        context.add("grant-to-public", "every role of the server gets this privilege, future roles too",
                    "grant it to a role");
    else if (kind == "unknown")
        context.add("unknown-statement", "PostgreSQL 15 to 18 has no statement that begins like this",
                    "check the spelling");
    else if (context.effects.is_opaque)
        context.add("opaque",
                    fmt::format("the locks of {} can't be seen in the text", kind == "do"     ? "DO"
                                                                             : kind == "call" ? "CALL"
                                                                                              : "EXECUTE"),
                    "tripmig rehearse shows them");
}

}  // namespace tripmig::lint::hazards
