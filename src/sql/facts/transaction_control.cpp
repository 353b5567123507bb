#include "sql/facts/fact_reader.hpp"

namespace tripmig::sql::fact_reader {

namespace {

void skip_noise(TokenCursor& cursor) {
    if (!cursor.take_word("work"))
        cursor.take_word("transaction");
}

/// COMMIT and ROLLBACK, the words WORK or TRANSACTION being passed (manual, COMMIT; ROLLBACK).
void read_end(TokenCursor& cursor, Facts& facts, TransactionControl plain, TransactionControl chained) {
    facts.control = plain;
    if (cursor.take_word("and") && !cursor.take_word("no"))
        facts.control = chained;
}

void read_prepared(Facts& facts, std::string_view verb) {
    facts.kind += " prepared";
    refuse_transaction(facts, std::string(verb) + " PREPARED cannot run inside a transaction block");
}

void read_begin(std::string_view statement, TokenCursor& cursor, Facts& facts) {
    facts.kind = "begin";
    facts.control = TransactionControl::begin;
    skip_noise(cursor);
    facts.transaction_modes = statement.substr(cursor.offset());
}

void read_commit(TokenCursor& cursor, Facts& facts) {
    facts.kind = "commit";
    if (cursor.take_word("prepared"))
        return read_prepared(facts, "COMMIT");
    skip_noise(cursor);
    read_end(cursor, facts, TransactionControl::commit, TransactionControl::commit_and_chain);
}

void read_rollback(TokenCursor& cursor, Facts& facts) {
    facts.kind = "rollback";
    if (cursor.take_word("prepared"))
        return read_prepared(facts, "ROLLBACK");
    skip_noise(cursor);
    if (cursor.take_word("to")) {
        facts.kind = "rollback to savepoint";
        facts.control = TransactionControl::rollback_to_savepoint;
        return;
    }
    read_end(cursor, facts, TransactionControl::rollback, TransactionControl::rollback_and_chain);
}

}  // namespace

bool read_transaction_control(const std::string& word, std::string_view statement, TokenCursor& cursor, Facts& facts) {
    if (word == "begin" || (word == "start" && cursor.peek().is_word("transaction"))) {
        read_begin(statement, cursor, facts);
    } else if (word == "commit" || word == "end") {
        read_commit(cursor, facts);
    } else if (word == "rollback" || word == "abort") {
        read_rollback(cursor, facts);
    } else if (word == "savepoint") {
        facts.kind = "savepoint";
        facts.control = TransactionControl::savepoint;
    } else if (word == "release") {
        facts.kind = "release savepoint";
        facts.control = TransactionControl::release;
    } else if (word == "prepare" && cursor.peek().is_word("transaction")) {
        facts.kind = "prepare transaction";
        facts.control = TransactionControl::prepare;
    } else {
        return false;
    }
    return true;
}

}  // namespace tripmig::sql::fact_reader
