#include "migrate/pieces.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/checksum.hpp"
#include "base/error.hpp"

namespace tripmig::migrate {

namespace {

Error at_statement(const ScriptStatement& statement, std::string message, std::string hint) {
    return Error(ExitCode::usage, std::move(message), std::move(hint)).at(position_of(statement));
}

using Control = sql::TransactionControl;

/// What would leave the place where a resumed run goes on unknown.
void refuse_unresumable(const ScriptStatement& statement) {
    const Control control = statement.facts->control;
    if (control == Control::prepare)
        throw at_statement(statement, "PREPARE TRANSACTION can't be part of a migration",
                           "a migration is recorded in the transaction that it commits in: use COMMIT");
    if (control == Control::commit_and_chain || control == Control::rollback_and_chain)
        throw at_statement(statement, "AND CHAIN can't be part of a migration", "write COMMIT and a new BEGIN");
}

/// The statement that ends the transaction block that begins at `from`.
std::size_t end_of_block(const Script& script, std::size_t from) {
    for (std::size_t i = from + 1; i < script.statements.size(); ++i) {
        if (script.statements[i].directives->batch)
            throw at_statement(script.statements[i],
                               "batches commit one by one, but this one is in a transaction block",
                               "put it after the COMMIT");
        const Control control = script.statements[i].facts->control;
        if (control == Control::commit || control == Control::rollback)
            return i;
        if (control == Control::begin)
            throw at_statement(script.statements[i], "BEGIN inside a transaction block",
                               "close the first one with COMMIT");
        refuse_unresumable(script.statements[i]);
    }
    throw at_statement(script.statements[from], "BEGIN without COMMIT", "end the block with COMMIT");
}

Piece::Kind kind_of(const Script& script, const ScriptStatement& statement) {
    const sql::Facts& facts = *statement.facts;
    if (may_commit(script, statement))
        return Piece::Kind::committing;
    if (statement.directives->batch)
        return Piece::Kind::batch;
    if (facts.kind == "set" || facts.kind == "reset")
        return Piece::Kind::setting;
    if (facts.is_transactional)
        return Piece::Kind::transaction;
    if (facts.kind == "create index")
        return Piece::Kind::concurrent_index;
    if (facts.kind == "drop index")
        return Piece::Kind::drop_index;
    return Piece::Kind::alone;
}

/// Past the last of the statements that psql sends as one with this: those joined by \;
std::size_t end_of_joined(const Script& script, std::size_t from) {
    std::size_t end = from + 1;
    while (end < script.statements.size() && script.statements[end - 1].is_joined)
        ++end;
    return end;
}

/// What is sent as one is one transaction: a statement that can't be in one, or commits by itself, can't be joined.
void refuse_joined(const Script& script, std::size_t from, std::size_t end) {
    const auto ends_transaction = [](Control control) {
        return control != Control::none && control != Control::savepoint && control != Control::release &&
               control != Control::rollback_to_savepoint;
    };
    for (std::size_t i = from; i < end; ++i)
        if (!script.statements[i].facts->is_transactional || script.statements[i].directives->batch ||
            ends_transaction(script.statements[i].facts->control))
            throw at_statement(script.statements[i],
                               "this is joined to another statement by \\; but cannot run in a transaction with it",
                               "end each of them with ; alone");
}

/// Past the last statement that is one with this for the dialect. A server takes such a text as one transaction too,
/// unless it has transactions of its own or a statement that can't be in one.
std::size_t end_of_marked(const Script& script, std::size_t from) {
    std::size_t end = from + 1;
    bool is_plain = true;
    const auto see = [&](const ScriptStatement& statement) {
        is_plain = is_plain && statement.facts->control == Control::none && statement.facts->is_transactional;
    };
    see(script.statements[from]);
    for (; script.statements[from].block != 0 && end < script.statements.size() &&
           script.statements[end].block == script.statements[from].block;
         ++end)
        see(script.statements[end]);
    return is_plain ? end : from + 1;
}

Piece block(const Script& script, std::size_t from, std::size_t end) {
    Piece piece;
    const bool commits = script.statements[end].facts->control == Control::commit;
    if (commits)
        refuse_read_only(script.statements[from]);
    piece.kind = commits ? Piece::Kind::transaction : Piece::Kind::as_written;
    const bool has_modes = !script.statements[from].facts->transaction_modes.empty();
    piece.first = commits && !has_modes ? from + 1 : from;
    piece.last = commits ? end : end + 1;
    return piece;
}

}  // namespace

std::vector<Piece> pieces_of(const Script& script) {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < script.statements.size(); ++i) {
        const ScriptStatement& statement = script.statements[i];
        Piece piece;
        switch (statement.facts->control) {
            case Control::begin: {
                const std::size_t end = end_of_block(script, i);
                piece = block(script, i, end);
                i = end;
                break;
            }
            case Control::commit:
            case Control::rollback:
                throw at_statement(statement, "this ends a transaction that the file did not begin",
                                   "remove it, or put BEGIN before what belongs together");
            default:
                refuse_unresumable(statement);
                piece.first = i;
                piece.last = std::max(end_of_marked(script, i), end_of_joined(script, i));
                if (piece.last > i + 1)
                    refuse_joined(script, i, piece.last);
                piece.kind = piece.last == i + 1 ? kind_of(script, statement) : Piece::Kind::transaction;
                i = piece.last - 1;
        }
        piece.ordinal = static_cast<int>(pieces.size()) + 1;
        std::string texts;
        for (std::size_t j = piece.first; j < piece.last; ++j)
            texts.append(script.statements[j].sql).append(";\n").append(script.statements[j].copy_data);
        piece.sha256 = sha256_hex(texts);
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

void require_readable(const Script& script, const Migration& migration) {
    require_statements(script, migration);
    if (!script.is_transactional)
        pieces_of(script);
}

}  // namespace tripmig::migrate
