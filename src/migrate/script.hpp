#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_value.hpp"
#include "base/step.hpp"
#include "migrate/migration.hpp"
#include "sql/directive.hpp"
#include "sql/statement_facts.hpp"

namespace tripmig::migrate {

/// One statement of a migration, with all that running it needs. The views are into Script::texts and Script::names.
/// Small, since a file may have a million of them: what statements have in common they share.
struct ScriptStatement {
    std::string_view sql;
    std::string_view file;
    std::string_view line_head;  ///< what stands on the statement's first line before it
    std::size_t line = 1;        ///< of the statement's first character
    std::size_t column = 1;      ///< in characters, of the same
    std::string_view copy_data;
    SharedValue<sql::Facts> facts;
    SharedValue<sql::StatementDirectives> directives;
    bool standard_conforming_strings = true;  ///< how its strings are to be read
    bool is_joined = false;                   ///< closed by \; : one implicit transaction with the next statement
    std::size_t block =
        0;  ///< statements with the same number above 0 are one for the dialect (goose's StatementBegin)
};

/// A migration taken apart.
struct Script {
    std::vector<std::shared_ptr<const std::string>> texts;  ///< of the file and of those it includes
    std::vector<std::shared_ptr<const std::string>> names;  ///< of those files, as people know them
    /// Without the BEGIN (but for its modes) and COMMIT that wrap a whole file.
    std::deque<ScriptStatement> statements;
    /// Taken out, because the tool whose file it is gives them another meaning: settle_commits().
    std::vector<ScriptStatement> settled;
    sql::FileDirectives directives;
    bool is_transactional = true;  ///< one transaction for all of it
    bool is_off = false;           ///< the file says so itself: transaction=off, or the dialect's word for it
    std::string why_not;           ///< what made it run a statement at a time: "line 3: CREATE INDEX CONCURRENTLY"
    bool is_block = false;         ///< all of it stood in one BEGIN ... COMMIT
};

/// Where the statement stands, for the step that sends it.
StepSource source_of(const ScriptStatement& statement);

/// The statement's place, for an error that the server did not place itself.
SourcePosition position_of(const ScriptStatement& statement);

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
