#pragma once

#include <string>

#include "migrate/migration.hpp"
#include "sql/script.hpp"

namespace tripmig::migrate {

/// Savepoints live inside of a transaction and leave it whole.
bool breaks_transaction(sql::TransactionControl control);

/// BEGIN, then nothing that breaks the transaction, then COMMIT.
bool is_one_block(const sql::Script& script);

/// Gives a COMMIT that the file has no BEGIN for, and a BEGIN without COMMIT, the meaning that they have for the file's
/// own tool, so that pieces_of() refuses neither:
/// - golang-migrate sends the file as one query: the server begins a transaction for it, COMMIT ends that one, and what
///   follows is another one. A BEGIN takes in what stands before it. (It fails at a BEGIN without COMMIT: left alone.)
/// - goose begins a transaction and sends the statements one by one: BEGIN in it does nothing, COMMIT ends it, and from
///   then on each statement is a transaction, until goose commits what is still open. Under NO TRANSACTION a COMMIT
///   without BEGIN does nothing.
/// What these statements say is done by ScriptStatement::block then; they go to Script::settled. tripmig's own dialect,
/// and the others, whose tools fail there, are left alone. Says what made several transactions of it: "line 3: commit";
/// empty: it is one still.
std::string settle_commits(sql::Script& script, const Migration& migration);

}  // namespace tripmig::migrate
