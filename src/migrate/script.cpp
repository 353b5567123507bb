#include "migrate/script.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "migrate/batch_statement.hpp"
#include "migrate/dialect/bare_commit.hpp"
#include "migrate/dialect/dialect.hpp"
#include "migrate/migration_file.hpp"
#include "sql/normalised.hpp"
#include "sql/placeholder.hpp"
#include "sql/tokens.hpp"

namespace tripmig::migrate {

namespace fs = std::filesystem;

namespace {

/// What stands on the statement's first line before it. `offset` counts from the text's beginning.
std::string_view line_head(std::string_view text, std::size_t offset) {
    constexpr std::size_t readable = 400;
    const std::size_t window = offset > readable ? offset - readable - 1 : 0;  // a line may be the whole file
    const std::string_view before = text.substr(window, offset - window);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return before.size() - line_start > readable ? std::string_view() : before.substr(line_start);
}

/// The statement that the dialect marks there, from 1; 0: none.
std::size_t block_at(const SectionText& section, std::size_t offset) {
    const auto& blocks = section.blocks;
    const auto next = std::upper_bound(blocks.begin(), blocks.end(), offset,
                                       [](std::size_t at, const auto& block) { return at < block.first; });
    const auto number = static_cast<std::size_t>(next - blocks.begin());
    return number > 0 && offset < blocks[number - 1].second ? number : 0;
}

/// Of sql::normalised(), piece by piece.
class TokenHash {
  public:
    template <typename Part>
    void add(const Part& part) {
        m_text.clear();
        sql::append_normalised(m_text, part);
        m_hash.add(m_text);
    }
    [[nodiscard]] std::string hex() { return m_hash.hex(); }

  private:
    Sha256 m_hash;
    std::string m_text;
};

/// Reads a file and, in their places, those it includes.
class Loader {
  public:
    Loader(const Migration& migration, const fs::path& directory,
           const std::map<std::string, std::string>& placeholders, bool hashes_tokens, Script& script)
        : m_migration(migration),
          m_directory(directory),
          m_placeholders(migration.expands_placeholders ? placeholders : m_none),
          m_hashes_tokens(hashes_tokens),
          m_script(script) {}

    void load() {
        load(m_migration.path, m_migration.file, section_text(m_migration, true), 0);
        if (m_hashes_tokens)
            m_script.sha256_tokens = m_tokens.hex();
    }

  private:
    void load(const fs::path& path, const std::string& name, SectionText section, int depth) {
        const bool hashes_tokens = m_hashes_tokens && depth == 0;
        sql::ExpandedText expanded = expand(section, name);
        m_script.is_filled_in = m_script.is_filled_in || section.is_filled_in || !expanded.replacements.empty();
        m_script.texts.push_back(std::make_shared<const std::string>(std::move(expanded.text)));
        const std::string& text = *m_script.texts.back();
        sql::ScanOptions options;
        options.file = name;
        options.start = section.start;
        sql::ScannedText scanned = sql::scan(text, options);
        const sql::Directives directives = sql::directives(scanned, options);
        if (depth == 0)
            m_script.directives = directives.file;
        else if (!directives.file.expected.empty())
            throw Error(ExitCode::usage,
                        "expect is asked before a whole file runs, but this file is included by another one",
                        "put it above the first statement of the file that includes this one")
                .at(directives.file.expected.front().position);
        else if (directives.file.swap)
            throw Error(ExitCode::usage, "a swap must be alone in its file, but this file is included by another one",
                        "put the directive into a versioned file of its own")
                .at(directives.file.swap->position);
        m_script.names.push_back(std::make_shared<const std::string>(name));
        const std::string_view shared_name = *m_script.names.back();
        std::size_t next_include = 0;
        for (std::size_t i = 0;; ++i) {
            for (; next_include < scanned.includes.size() && scanned.includes[next_include].before == i;
                 ++next_include) {
                if (hashes_tokens)
                    m_tokens.add(scanned.includes[next_include]);
                include(path, scanned.includes[next_include], depth);
            }
            if (scanned.statements.empty())
                break;
            const sql::Statement& next = scanned.statements.front();
            if (hashes_tokens)
                m_tokens.add(next);
            const std::size_t offset = next.offset - section.start.offset;
            const auto said = directives.statements.find(i);
            ScriptStatement statement = taken(next, said == directives.statements.end() ? nullptr : &said->second);
            statement.file = shared_name;
            statement.line_head = line_head(text, offset);
            statement.block = block_at(section, expanded.former_offset(offset));
            if (statement.directives->batch)
                batched(statement);  // which throws for what can't be
            m_script.statements.push_back(std::move(statement));
            scanned.statements.pop_front();  // so that a million of them are not there twice
        }
    }

    sql::ExpandedText expand(SectionText& section, const std::string& name) const {
        if (m_placeholders.empty()) {
            refuse_flyways_own(section, name);
            return {std::move(section.text), {}};
        }
        try {
            return sql::expand_placeholders(section.text, m_placeholders, name);
        } catch (Error& error) {
            if (!error.position())
                throw;
            SourcePosition position = *error.position();
            position.line += section.start.line - 1;
            throw error.at(std::move(position));
        }
    }

    void include(const fs::path& including, const sql::Include& wanted, int depth) {
        // read_directory() has refused circles and what leads out of the directory.
        const fs::path path = resolve_include(m_directory, including, wanted.path, wanted.is_relative);
        load(path, path.lexically_relative(fs::weakly_canonical(m_directory)).generic_string(),
             {read_file(path), {}, {}}, depth + 1);
    }

    /// `said`: nullptr: nothing.
    ScriptStatement taken(const sql::Statement& scanned, const sql::StatementDirectives* said) {
        ScriptStatement statement;
        statement.sql = scanned.text;
        statement.line = scanned.line;
        statement.column = scanned.column;
        statement.copy_data = scanned.copy_data;
        statement.facts = shared(sql::facts(scanned.text, scanned.standard_conforming_strings));
        if (said != nullptr)
            statement.directives = SharedValue(*said);
        statement.standard_conforming_strings = scanned.standard_conforming_strings;
        statement.is_joined = scanned.is_joined;
        return statement;
    }

    /// A file of data has few kinds of statements, by turns.
    SharedValue<sql::Facts> shared(sql::Facts facts) {
        constexpr std::size_t most_kept = 8;
        const auto same = std::find_if(m_recent.begin(), m_recent.end(),
                                       [&](const SharedValue<sql::Facts>& each) { return *each == facts; });
        if (same != m_recent.end())
            return *same;
        if (m_recent.size() == most_kept)
            m_recent.pop_front();
        return m_recent.emplace_back(std::move(facts));
    }

    /// Flyway fills these in itself: what is left of them would reach the server as text.
    void refuse_flyways_own(const SectionText& section, const std::string& name) const {
        const std::size_t found = section.text.find("${flyway:");
        if (m_migration.dialect != Dialect::flyway || !m_migration.expands_placeholders || found == std::string::npos)
            return;
        const std::string_view placeholder =
            std::string_view(section.text).substr(found, section.text.find('}', found) + 1 - found);
        throw Error(ExitCode::usage, fmt::format("no value for Flyway's own placeholder {}", placeholder),
                    "add it below [migrations.placeholders]: \"flyway:defaultSchema\" = \"public\"")
            .at(sql::source_position(section.text, found, name, section.start));
    }

    std::deque<SharedValue<sql::Facts>> m_recent;
    const std::map<std::string, std::string> m_none;
    const Migration& m_migration;
    const fs::path& m_directory;
    const std::map<std::string, std::string>& m_placeholders;
    bool m_hashes_tokens;
    TokenHash m_tokens;
    Script& m_script;
};

void unwrap_block(Script& script) {
    script.statements.pop_back();
    if (!script.statements.front().facts->transaction_modes.empty())
        return;
    // an ignore above BEGIN is for what comes next, not for nothing
    const std::vector<sql::IgnoredRule> ignored = script.statements.front().directives->ignored;
    script.statements.pop_front();
    if (!script.statements.empty() && !ignored.empty()) {
        auto& next = script.statements.front().directives.change().ignored;
        next.insert(next.begin(), ignored.begin(), ignored.end());
    }
}

void refuse_batches(const Script& script) {
    for (const ScriptStatement& statement : script.statements)
        if (statement.directives->batch)
            throw Error(ExitCode::usage, "batches commit one by one, but this one is in a transaction block",
                        "remove BEGIN and COMMIT")
                .at(position_of(statement));
}

void require_swap_alone(const Script& script, const Migration& migration) {
    if (!script.directives.swap || (script.statements.empty() && migration.kind == Kind::versioned))
        return;
    throw Error(ExitCode::usage,
                migration.kind == Kind::versioned ? "a swap must be alone in its file, but this file has statements too"
                                                  : "a swap belongs in a versioned file: it is done once",
                "put the directive into a versioned file of its own")
        .at(script.directives.swap->position);
}

/// A directive that would do nothing.
void refuse_idle_repeat(const Script& script) {
    for (const ScriptStatement& statement : script.statements)
        if (statement.directives->repeat && !may_commit(script, statement))
            throw Error(ExitCode::usage, "repeat is for a CALL or DO that commits by itself, and this is not one",
                        script.is_off ? "remove it"
                                      : "remove it, or put `-- tripmig: transaction=off` above the first statement")
                .at(position_of(statement));
}

/// `split`: what made it several transactions already; empty: nothing.
void decide_mode(Script& script, const Migration& migration, const std::string& split) {
    script.is_transactional = split.empty();
    script.why_not = split;
    const auto refuse_transaction = [&](const ScriptStatement& statement, std::string_view why) {
        script.is_transactional = false;
        if (script.why_not.empty())
            script.why_not = fmt::format("line {}: {}", statement.line, why);
    };
    for (const ScriptStatement& statement : script.statements) {
        if (!statement.facts->is_transactional)
            refuse_transaction(statement, statement.facts->kind + " can't run in a transaction");
        else if (breaks_transaction(statement.facts->control))
            refuse_transaction(statement, statement.facts->kind);
        else if (statement.directives->batch)
            refuse_transaction(statement, "batches commit one by one");
    }
    const bool is_off = !script.directives.transaction.value_or(migration.no_transaction.empty());
    script.is_off = is_off;
    if (is_one_block(script) && !is_off) {
        refuse_batches(script);
        unwrap_block(script);
        script.is_block = true;
        script.is_transactional = true;
        script.why_not.clear();
        return;
    }
    if (is_off) {
        script.is_transactional = false;
        script.why_not = script.directives.transaction ? "transaction=off" : migration.no_transaction;
    }
}

}  // namespace

/// A DO can only commit by the words for it, or by a procedure that it calls. What a procedure does is not in the file.
bool may_commit(const Script& script, const ScriptStatement& statement) {
    if (!script.is_off || (statement.facts->kind != "call" && statement.facts->kind != "do"))
        return false;
    std::string text(statement.sql);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    return text.find("commit") != std::string::npos || text.find("rollback") != std::string::npos ||
           text.find("call") != std::string::npos;
}

void refuse_read_only(const ScriptStatement& statement) {
    bool is_after_read = false;
    for (const sql::Token& token : sql::tokenize(statement.facts->transaction_modes, true)) {
        if (is_after_read && token.is_word("only"))
            throw Error(ExitCode::usage,
                        "the transaction of a migration cannot be READ ONLY: the history is written in it",
                        "remove READ ONLY")
                .at(position_of(statement));
        is_after_read = token.is_word("read");
    }
}

Script load_script(const Migration& migration, const fs::path& directory,
                   const std::map<std::string, std::string>& placeholders, bool hashes_tokens) {
    Script script;
    Loader(migration, directory, placeholders, hashes_tokens, script).load();
    require_swap_alone(script, migration);
    const std::string split = settle_commits(script, migration);
    decide_mode(script, migration, split);
    refuse_idle_repeat(script);
    for (const ScriptStatement& statement : script.statements) {
        if (!script.is_transactional || statement.facts->transaction_modes.empty())
            break;
        refuse_read_only(statement);
    }
    return script;
}

void require_statements(const Script& script, const Migration& migration) {
    if (script.statements.empty() && !script.directives.swap && !script.is_block && !migration.is_foreign)
        throw Error(ExitCode::usage, fmt::format("{} has no statements", migration.file),
                    "write it, or remove the file; for a file that does nothing, write `SELECT 1;`");
}

std::string token_hash(const Migration& migration) {
    const SectionText section = section_text(migration, false);
    return sha256_hex(sql::normalised(section.text, {migration.file, true, section.start}));
}

ExpandedHashes recorded_hashes(const Migration& migration) {
    if (migration.expanded && !migration.expanded->sha256.empty())
        return *migration.expanded;
    return {migration.sha256, token_hash(migration)};
}

ExpandedHashes recorded_hashes(const Migration& migration, const Script& script) {
    const bool is_expanded = migration.expanded && !migration.expanded->sha256.empty();
    if (is_expanded || script.is_filled_in || script.sha256_tokens.empty())
        return recorded_hashes(migration);
    return {migration.sha256, script.sha256_tokens};
}

bool allows_out_of_order(const Migration& migration) {
    const SectionText section = section_text(migration, false);
    const sql::ScanOptions options{migration.file, true, section.start};
    const sql::ScannedText scanned = sql::scan(section.text, options);
    return sql::directives(scanned, options).file.allow_out_of_order;
}

}  // namespace tripmig::migrate
