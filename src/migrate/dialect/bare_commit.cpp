#include "migrate/dialect/bare_commit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tripmig::migrate {

using sql::Script;
using sql::ScriptStatement;

namespace {

using Control = sql::TransactionControl;

/// Who ends a transaction that the file did not begin.
enum class Tool { other, one_query, own_transaction, no_transaction };

Tool tool_of(const Script& script, const Migration& migration) {
    if (script.directives.transaction)
        return Tool::other;  // it is written for tripmig
    if (migration.dialect == Dialect::golang_migrate)
        return Tool::one_query;
    if (migration.dialect != Dialect::goose)
        return Tool::other;
    return migration.no_transaction.empty() ? Tool::own_transaction : Tool::no_transaction;
}

/// How BEGIN and COMMIT pair in a file.
struct Pairing {
    bool has_bare_commit = false;
    std::optional<std::size_t> open_begin;  ///< the last BEGIN, when nothing ends it
    bool is_settleable = true;              ///< no ROLLBACK and the like, no BEGIN within a block or with modes
};

Pairing pairing_of(const Script& script) {
    Pairing pairing;
    for (std::size_t i = 0; i < script.statements.size(); ++i) {
        const sql::Facts& facts = *script.statements[i].facts;
        if (facts.control == Control::begin) {
            pairing.is_settleable = pairing.is_settleable && !pairing.open_begin && facts.transaction_modes.empty();
            pairing.open_begin = i;
        } else if (facts.control == Control::commit) {
            pairing.has_bare_commit = pairing.has_bare_commit || !pairing.open_begin;
            pairing.open_begin.reset();
        } else if (breaks_transaction(facts.control)) {
            pairing.is_settleable = false;
        }
    }
    return pairing;
}

/// Goes through a file's statements and sorts out those that stay.
class Settling {
  public:
    Settling(Script& script, Tool tool, std::optional<std::size_t> open_begin)
        : m_script(script), m_tool(tool), m_open_begin(open_begin), m_is_in_transaction(tool != Tool::no_transaction) {
        for (const ScriptStatement& statement : script.statements)
            m_block = std::max(m_block, statement.block);
        ++m_block;
    }

    std::string run() {
        std::deque<ScriptStatement> statements = std::exchange(m_script.statements, {});
        for (std::size_t i = 0; i < statements.size(); ++i) {
            const Control control = statements[i].facts->control;
            if (control == Control::begin ? is_begin_settled(i) : control == Control::commit && is_commit_settled())
                m_script.settled.push_back(std::move(statements[i]));
            else
                keep(std::move(statements[i]));
        }
        return m_split;
    }

  private:
    bool is_begin_settled(std::size_t number) {
        if (number == m_open_begin)
            m_is_in_transaction = true;
        if (m_is_in_transaction)
            return true;
        m_is_in_block = true;
        return false;
    }

    bool is_commit_settled() {
        if (std::exchange(m_is_in_block, false))
            return false;
        if (!m_is_in_transaction)
            return true;
        ++m_block;
        m_is_begun = false;
        m_has_committed = true;
        m_is_in_transaction = m_tool == Tool::one_query;
        return true;
    }

    /// A setting at a transaction's beginning stays by itself: a run that resumes makes it again.
    void keep(ScriptStatement statement) {
        const bool is_setting = statement.facts->kind == "set" || statement.facts->kind == "reset";
        m_is_begun = m_is_begun || !is_setting;
        if (m_is_in_transaction && m_is_begun)
            statement.block = m_block;
        if (m_has_committed && m_split.empty() && m_tool != Tool::no_transaction)
            m_split = fmt::format("line {}: commit", m_script.settled.back().line);
        m_script.statements.push_back(std::move(statement));
    }

    Script& m_script;
    Tool m_tool;
    std::optional<std::size_t> m_open_begin;
    std::size_t m_block = 0;
    std::string m_split;
    bool m_is_in_transaction;    ///< the tool's own, or the server's for one query
    bool m_is_in_block = false;  ///< between a BEGIN and a COMMIT that stay
    bool m_is_begun = false;
    bool m_has_committed = false;
};

}  // namespace

bool breaks_transaction(Control control) {
    return control != Control::none && control != Control::savepoint && control != Control::release &&
           control != Control::rollback_to_savepoint;
}

bool is_one_block(const Script& script) {
    const auto& statements = script.statements;
    if (statements.size() < 2 || statements.front().facts->control != Control::begin ||
        statements.back().facts->control != Control::commit)
        return false;
    for (std::size_t i = 1; i + 1 < statements.size(); ++i)
        if (breaks_transaction(statements[i].facts->control))
            return false;
    return true;
}

std::string settle_commits(Script& script, const Migration& migration) {
    const Tool tool = tool_of(script, migration);
    const Pairing pairing = pairing_of(script);
    const bool closes_begin = tool == Tool::own_transaction;
    if (tool == Tool::other || !pairing.is_settleable || (pairing.open_begin && !closes_begin) ||
        (!pairing.open_begin && !pairing.has_bare_commit))
        return {};
    return Settling(script, tool, pairing.open_begin).run();
}

}  // namespace tripmig::migrate
