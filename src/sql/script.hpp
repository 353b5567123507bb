#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_value.hpp"
#include "base/step.hpp"
#include "sql/directive.hpp"
#include "sql/facts/statement_facts.hpp"

namespace tripmig::sql {

/// One statement of a migration, with all that running it needs. The views are into Script::texts and Script::names.
/// Small, since a file may have a million of them: what statements have in common they share.
struct ScriptStatement {
    std::string_view sql;
    std::string_view file;
    std::string_view line_head;  ///< what stands on the statement's first line before it
    std::size_t line = 1;        ///< of the statement's first character
    std::size_t column = 1;      ///< in characters, of the same
    std::string_view copy_data;
    SharedValue<Facts> facts;
    SharedValue<StatementDirectives> directives;
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
    FileDirectives directives;
    std::string sha256_tokens;     ///< of the file's token-normalised text; empty: nobody wanted it
    bool is_filled_in = false;     ///< its text has values in it that the file does not have
    bool is_transactional = true;  ///< one transaction for all of it
    bool is_off = false;           ///< the file says so itself: transaction=off, or the dialect's word for it
    std::string why_not;           ///< what made it run a statement at a time: "line 3: CREATE INDEX CONCURRENTLY"
    bool is_block = false;         ///< all of it stood in one BEGIN ... COMMIT
};

/// Where the statement stands, for the step that sends it.
StepSource source_of(const ScriptStatement& statement);

/// The statement's place, for an error that the server did not place itself.
SourcePosition position_of(const ScriptStatement& statement);

}  // namespace tripmig::sql
