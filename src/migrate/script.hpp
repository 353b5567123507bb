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
/// directory. `hashes_tokens`: fills in Script::sha256_tokens. Throws Error{usage} at file:line:column, and as
/// content_of() does. Who may need a file's script more than once asks Scripts.
Script load_script(const Migration& migration, const std::filesystem::path& directory,
                   const std::map<std::string, std::string>& placeholders, bool hashes_tokens = false);

/// Throws Error{usage} for a file without any statement, which is a mistake in tripmig's own directories: an editor
/// that did not save, a merge that lost it. Other tools take one. Asked of what is to run; what is applied stays as it
/// is.
void require_statements(const Script& script, const Migration& migration);

/// SHA-256 of the token-normalised text: the same for two files that differ in comments, white space and line ends
/// alone.
std::string token_hash(const Migration& migration);

/// What the history gets: of the text with its placeholders filled in where that counts, else of the bytes.
ExpandedHashes recorded_hashes(const Migration& migration);
/// The same of a file that is taken apart already.
ExpandedHashes recorded_hashes(const Migration& migration, const Script& script);

/// The file says `-- tripmig: allow-out-of-order`.
bool allows_out_of_order(const Migration& migration);

}  // namespace tripmig::migrate
