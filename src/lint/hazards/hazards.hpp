#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lint/finding.hpp"
#include "lint/schema.hpp"
#include "sql/facts/alter_table.hpp"
#include "sql/facts/table_definition.hpp"
#include "sql/script.hpp"

// What Linter looks for: one function a family of rules.
namespace tripmig::lint::hazards {

/// What the statements before did in the same transaction.
struct OpenTransaction {
    struct Held {
        std::string table;
        LockMode mode = LockMode::access_share;
        std::size_t statement = 0;
        std::size_t line = 0;
    };
    std::vector<Held> strong;           ///< locks on existing tables that keep writers out
    std::set<std::string> not_valid;    ///< "table constraint": added NOT VALID
    std::set<std::string> enum_values;  ///< added to enums that were there before
    bool told_many_locks = false;
    bool told_lock_held = false;
};

/// The file around a statement.
struct FileState {
    FileKind kind = FileKind::versioned;
    bool is_transactional = true;
    std::size_t undoes = 0;                      ///< an undo file: the number of the file that it takes back
    std::map<std::string, std::size_t> creates;  ///< relations by key, and the last statement that creates them
    bool is_in_block = false;                    ///< between a BEGIN and a COMMIT of the file's own
    bool has_concurrent = false;
    bool told_mixed = false;
    bool told_control = false;
    OpenTransaction transaction;
};

/// A statement under review.
struct LintContext {
    const sql::ScriptStatement& statement;
    std::size_t number;  ///< in the file, from 0
    const Effects& effects;
    const KnownSchema& schema;
    FileState& file;
    std::vector<LintFinding>& findings;

    /// `offset`: in the statement, where the caret goes. `level`: less than the rule's own.
    void add(std::string_view rule, const std::string& message, std::string hint, std::size_t offset = 0,
             std::optional<Level> level = std::nullopt);

    [[nodiscard]] const std::string& kind() const noexcept { return statement.facts->kind; }
    [[nodiscard]] std::string target() const { return schema.key(statement.facts->target); }
    /// Something that others may be using.
    [[nodiscard]] bool is_existing(const std::string& table) const { return !table.empty() && !schema.is_new(table); }
    /// An undo file takes back what its migration made.
    [[nodiscard]] bool is_undone(const std::string& table) const;
    [[nodiscard]] bool is_undone(const std::string& table, const std::string& column) const;
};

/// Forgets what another transaction did.
void begin_transaction(LintContext& context);
void check_alter_table(LintContext& context);
void check_constraint(LintContext& context, const std::string& table, const sql::ConstraintFacts& constraint,
                      std::size_t offset);
void check_index(LintContext& context);
void check_drop(LintContext& context);
void check_maintenance(LintContext& context);
void check_data(LintContext& context);
void check_session(LintContext& context);
/// What only the file as a whole shows.
void check_transaction(LintContext& context);

/// An ALTER TABLE's actions that change columns. True: it was one of them.
bool check_alter_column(LintContext& context, const std::string& table, const sql::AlterAction& action);

}  // namespace tripmig::lint::hazards
