#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/migration.hpp"
#include "sql/script.hpp"

namespace tripmig::migrate {

using sql::position_of;
using sql::Script;
using sql::ScriptStatement;
using sql::source_of;

/// A CALL or DO of a file that is without transaction, which may commit by itself: it runs in none of ours.
bool may_commit(const Script& script, const ScriptStatement& statement);

/// Throws Error{usage} for a transaction that the file wants READ ONLY: its history or journal row is written in it.
void refuse_read_only(const ScriptStatement& statement);

/// Reads the migration's statements, those of the files it includes in their place. `directory` is the migrations
/// directory. Throws Error{usage} at file:line:column.
Script load_script(const Migration& migration, const std::filesystem::path& directory,
                   const std::map<std::string, std::string>& placeholders);

/// Throws Error{usage} for a file without any statement, which is a mistake in tripmig's own directories: an editor
/// that did not save, a merge that lost it. Other tools take one. Asked of what is to run; what is applied stays as it
/// is.
void require_statements(const Script& script, const Migration& migration);

/// The texts of the file and of what it includes, placeholders filled in, for a repeatable file that has some: what
/// decides whether it runs again. nullopt: its bytes say it already, or a placeholder has no value.
std::optional<ExpandedHashes> expanded_hashes(const Migration& migration, const std::filesystem::path& directory,
                                              const std::map<std::string, std::string>& placeholders);

/// SHA-256 of the token-normalised text: the same for two files that differ in comments, white space and line ends
/// alone.
std::string token_hash(const Migration& migration);

/// What the history gets: of the text with its placeholders filled in where that counts, else of the bytes.
ExpandedHashes recorded_hashes(const Migration& migration);

/// The file says `-- tripmig: allow-out-of-order`.
bool allows_out_of_order(const Migration& migration);

}  // namespace tripmig::migrate
