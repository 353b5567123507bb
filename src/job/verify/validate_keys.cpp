#include "job/verify/validate_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/replacement/staged.hpp"
#include "job/copy/foreign_keys.hpp"
#include "job/locks/attempts.hpp"
#include "job/source/source_table.hpp"
#include "job/verify/orphans.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

const db::ConstraintInfo* constraint_named(const db::TableInfo& table, const std::string& name) {
    const auto found = std::find_if(table.constraints.begin(), table.constraints.end(),
                                    [&](const db::ConstraintInfo& each) { return each.name == name; });
    return found == table.constraints.end() ? nullptr : &*found;
}

void tell_not_valid(Session& server, const QualifiedName& table, const std::string& name, const Error& error,
                    const std::string& next) {
    const std::optional<Orphans> orphans = find_orphans(server, {table, name, table});
    Event event{Severity::warning, "swap.key_not_valid", {}, {}, {}};
    event.message = fmt::format("foreign key {} of {} stays NOT VALID: {}. {}{}", sql::quote_ident(name),
                                sql::quoted(table), orphans ? orphans->text : error.detail(),
                                orphans ? fmt::format("To find them: {}; delete or correct them, then ", orphans->query)
                                        : "Delete or correct these rows, then ",
                                next);
    event.fields = {{"table", sql::quoted(table)}, {"foreign_key", name}};
    server.reporter().emit(event);
}

std::string validate_command(const QualifiedName& table, const std::string& name) {
    return fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", sql::quoted(table), sql::quote_ident(name));
}

/// Once the rows are gone, for a key of one partition.
std::string adopt_command(const State& state, const QualifiedName& leaf, const db::ConstraintInfo& key) {
    const std::string table = sql::quoted(state.root_table());
    const std::string command =
        state.stage >= Stage::finished
            ? fmt::format("run {}; ALTER TABLE {} ADD CONSTRAINT {} {}", validate_command(leaf, key.name), table,
                          sql::quote_ident(key.name), key.definition)
            : fmt::format("run `tripmig {} {}` again, which adds it to {}", state.command(), sql::quoted(state.table),
                          table);
    return fmt::format("{}. Until then new partitions of {} do not have it", command, table);
}

/// A partition that was made since the cut-over has no key of its own. With rows it gets one here, where its rows are
/// checked without a lock that writers wait for; an empty one gets it with the table's.
void add_missing_key(Session& server, const db::TableInfo& leaf, const db::ConstraintInfo& key) {
    Unit unit;
    unit.name = fmt::format("foreign key {} of {}", sql::quote_ident(key.name), sql::quoted(leaf.name));
    unit.steps = ddl::leaf_foreign_keys({key}, leaf.name);
    unit.lock_first = {{leaf.name, LockMode::share_row_exclusive}, {key.references, LockMode::share_row_exclusive}};
    run_step(server, unit);
}

bool validate_leaf_key_of(Session& server, const State& state, const db::TableInfo& leaf,
                          const db::ConstraintInfo& key) {
    const db::ConstraintInfo* own = constraint_named(leaf, key.name);
    if (own == nullptr && leaf.pages == 0)
        return true;
    if (own != nullptr && own->is_valid)
        return true;
    if (own == nullptr)
        add_missing_key(server, leaf, key);
    server.throttle().wait();
    return validate_key(server, leaf.name, key.name, key.references, adopt_command(state, leaf.name, key));
}

/// Keys that the table does not have yet.
std::vector<db::ConstraintInfo> pending_keys(const db::TableInfo& table, const State& state) {
    std::vector<db::ConstraintInfo> keys;
    for (const db::ConstraintInfo& key : state.copy().outgoing)
        if (constraint_named(table, key.name) == nullptr)
            keys.push_back(key);
    return keys;
}

}  // namespace

bool validate_key(Session& server, const QualifiedName& table, const std::string& name, const QualifiedName& references,
                  const std::string& next) {
    try {
        run_step(server, ddl::validate_foreign_key(table, name, references, "scans the rows from before the cut-over"));
        return true;
    } catch (const Error& error) {
        if (error.sqlstate() != "23503")
            throw;
        tell_not_valid(server, table, name, error, next);
        return false;
    }
}

bool validate_incoming(Session& server, const State& state) {
    if (!state.swap().has_registry && state.swap().composite.empty())
        return true;
    const db::TableInfo target =
        require_table(server, state.swap().composite.empty() ? ddl::registry_name(state.table) : state.table);
    bool is_valid = true;
    for (const db::IncomingKey& key : target.incoming)
        if (!key.is_valid)
            is_valid = validate_key(server, key.table, key.name, target.name,
                                    "run " + validate_command(key.table, key.name)) &&
                       is_valid;
    return is_valid;
}

bool validate_outgoing(Session& server, const State& state) {
    if (state.copy().outgoing.empty())
        return true;
    const std::vector<db::ConstraintInfo> pending = pending_keys(require_table(server, state.root_table()), state);
    if (pending.empty())
        return true;
    const std::vector<QualifiedName> leaves = leaves_of(server, state.root_table());
    std::set<std::string> not_valid;
    for (const QualifiedName& name : leaves) {
        const db::TableInfo leaf = require_table(server, name);
        for (const db::ConstraintInfo& key : pending)
            if (!validate_leaf_key_of(server, state, leaf, key))
                not_valid.insert(key.name);
    }
    for (const db::ConstraintInfo& key : pending)
        if (not_valid.count(key.name) == 0)
            run_step(server, adopt_foreign_key(state.root_table(), leaves, key));
    return not_valid.empty();
}

bool validate_keys(Session& server, const State& state) {
    const bool incoming = validate_incoming(server, state);
    return validate_outgoing(server, state) && incoming;
}

}  // namespace tripmig::job
