#include "sql/facts/fact_reader.hpp"

namespace tripmig::sql::fact_reader {

namespace {

/// The options of the WITH (...) that may stand at the statement's end.
Options with_options(TokenCursor& cursor) {
    while (cursor.peek().kind != TokenKind::end) {
        if (cursor.take().is_word("with") && cursor.peek().is_punctuation('('))
            return read_options(cursor);
    }
    return {};
}

}  // namespace

/// Refused in a transaction block when it makes a replication slot, which is the default (manual, CREATE SUBSCRIPTION:
/// connect, create_slot).
void read_create_subscription(TokenCursor& cursor, Facts& facts) {
    const Options options = with_options(cursor);
    if (!is_off(options, "connect") && !is_off(options, "create_slot"))
        refuse_transaction(facts, "CREATE SUBSCRIPTION that creates a slot cannot run inside a transaction block");
}

/// Refused where it reaches for the publisher: REFRESH, a change of publications that refreshes (the default), and a
/// change of failover (17) or two_phase (18) (manual, ALTER SUBSCRIPTION).
void read_alter_subscription(TokenCursor& cursor, Facts& facts) {
    const Token action = cursor.take();
    const bool changes = action.is_word("set") || action.is_word("add") || action.is_word("drop");
    if (action.is_word("refresh")) {
        refuse_transaction(facts, "ALTER SUBSCRIPTION ... REFRESH cannot run inside a transaction block");
    } else if (changes && cursor.take_word("publication")) {
        if (!is_off(with_options(cursor), "refresh"))
            refuse_transaction(facts, "ALTER SUBSCRIPTION with refresh cannot run inside a transaction block");
    } else if (changes) {
        for (const auto& [option, value] : read_options(cursor))
            if (option == "failover" || option == "two_phase")
                refuse_transaction(facts,
                                   "ALTER SUBSCRIPTION ... SET (" + option + ") cannot run inside a transaction block");
    }
}

}  // namespace tripmig::sql::fact_reader
