#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "migrate/script.hpp"

namespace tripmig::migrate {

/// A stretch of statements of a file that runs a statement at a time: what is done, journaled and resumed as one.
struct Piece {
    enum class Kind {
        transaction,  ///< in one transaction of ours, with its journal row: one statement, what stood between BEGIN
                      ///< and COMMIT, or what the dialect marks as one statement
        alone,        ///< can't be in a transaction
        committing,   ///< a CALL or DO that may commit by itself: once begun, only its end tells how far it came
        concurrent_index,  ///< CREATE INDEX CONCURRENTLY
        drop_index,        ///< DROP INDEX CONCURRENTLY
        batch,             ///< UPDATE or DELETE in ranges of a column, each a transaction of its own
        setting,           ///< SET, RESET: of the session, so that a resumed run does it again
        as_written         ///< BEGIN ... ROLLBACK: sent as it stands
    };
    Kind kind = Kind::transaction;
    std::size_t first = 0;  ///< of the script's statements; BEGIN and COMMIT of a transaction are left out
    std::size_t last = 0;   ///< one past the last
    int ordinal = 0;        ///< from 1, the piece's place in the file: what the journal calls it

    /// SHA-256 of its statements' texts: a resumed run checks that what is done was not edited meanwhile.
    std::string sha256;
};

/// Pure. Throws Error{usage} for what can't be resumed: PREPARE TRANSACTION, AND CHAIN, a BEGIN without end.
std::vector<Piece> pieces_of(const Script& script);

/// What is to run can run as far as its text tells: it has statements, and can be resumed. Throws Error{usage}.
void require_readable(const Script& script, const Migration& migration);

}  // namespace tripmig::migrate
