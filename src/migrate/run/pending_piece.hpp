#pragma once

#include <string>

#include "db/state/history.hpp"
#include "migrate/migration.hpp"
#include "migrate/pieces.hpp"
#include "migrate/plan.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

/// A piece of a file that is to run, and what the journal says of it.
struct PendingPiece {
    const Migration& migration;
    const Script& script;
    const Piece& piece;
    const PlanOptions& options;
    const db::JournalEntry* entry = nullptr;  ///< nullptr: no run has begun it

    [[nodiscard]] const ScriptStatement& statement() const { return script.statements[piece.first]; }
    [[nodiscard]] bool was_begun() const noexcept { return entry != nullptr; }

    [[nodiscard]] Unit unit() const { return plan_piece(migration, script, piece, options); }
    [[nodiscard]] Unit journal(bool is_done, const std::optional<db::SampledLocks>& sampled = std::nullopt) const {
        return plan_journal(migration, piece, options, is_done, sampled);
    }
};

}  // namespace tripmig::migrate
