#include "ddl/leaf.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/leaf_index.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/replacement/table_settings.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

/// The CHECK that stands in for the bounds until ATTACH.
constexpr std::string_view bounds_check = "tripmig_bounds";

std::string alter(const QualifiedName& table) {
    return fmt::format("ALTER TABLE {}", sql::quoted(table));
}

}  // namespace

std::string option_list(const std::vector<std::string>& options) {
    std::string text;
    for (const std::string& option : options) {
        const std::size_t equals = option.find('=');
        const std::string value = equals == std::string::npos ? "true" : option.substr(equals + 1);
        text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", option.substr(0, equals), sql::quote_literal(value));
    }
    return text;
}

namespace {

/// `check`: ", CONSTRAINT ...", or nothing.
Step create_table(const ParentFacts& parent, const QualifiedName& name, const PartitionShape& shape,
                  const std::string& check) {
    // Not INDEXES: ATTACH makes them, and knows which belong together. Not IDENTITY: the parent's column has the
    // sequence.
    std::string sql = fmt::format(
        "CREATE {}TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS INCLUDING COMMENTS "
        "INCLUDING STORAGE INCLUDING COMPRESSION INCLUDING STATISTICS{})",
        shape.persistence == 'u' && shape.key.empty() ? "UNLOGGED " : "", sql::quoted(name), sql::quoted(parent.table),
        check);
    if (!shape.key.empty())
        sql += " PARTITION BY " + shape.key;
    else if (!shape.options.empty())
        sql += fmt::format(" WITH ({})", option_list(shape.options));
    if (!shape.tablespace.empty())
        sql += fmt::format(" TABLESPACE {}", sql::quote_ident(shape.tablespace));
    return statement(std::move(sql), "a separate table with the parent's columns; blocks nobody",
                     {{parent.table, LockMode::access_share}});
}

/// Owner and grants: exactly the parent's, whatever default privileges would have added.
std::vector<Step> rights(const ParentFacts& parent, const QualifiedName& leaf) {
    TableSettings settings;
    settings.table = leaf;
    settings.owner = parent.owner;
    std::vector<Step> steps{set_owner_and_row_security(settings)};
    std::vector<db::Grant> grants = parent.grants;
    if (!parent.has_acl && !parent.column_grants.empty())
        grants = {{parent.owner, "ALL", "", false}};
    grants.insert(grants.end(), parent.column_grants.begin(), parent.column_grants.end());
    append(steps, grant_alike("TABLE", leaf, parent.owner, parent.has_acl || !grants.empty(), grants,
                              parent.default_grantees));
    return steps;
}

std::vector<Step> column_settings(const ParentFacts& parent, const QualifiedName& leaf) {
    std::vector<Step> steps;
    for (const db::ColumnSetting& setting : parent.columns) {
        const std::string column = fmt::format("{} ALTER COLUMN {}", alter(leaf), sql::quote_ident(setting.column));
        if (setting.statistics >= 0)
            steps.push_back(
                statement(fmt::format("{} SET STATISTICS {}", column, setting.statistics), "as the parent"));
        if (!setting.options.empty())
            steps.push_back(
                statement(fmt::format("{} SET ({})", column, option_list(setting.options)), "as the parent"));
    }
    return steps;
}

constexpr const char* identity_why = "without it, what is published can't be updated";

/// USING INDEX needs an index whose name is known: it is made here, and ATTACH adopts it.
std::vector<Step> identity_index(const db::ReplicaIdentityIndex& index, const QualifiedName& leaf) {
    const std::string name = sql::quote_ident(sql::truncated_name(leaf.name, "_replica_identity"));
    const std::string table = sql::quoted(leaf);
    return {statement(index.is_constraint
                          ? fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", table, name, index.definition)
                          : fmt::format("CREATE UNIQUE INDEX {} ON {} {}", name, table, index.definition),
                      "the replica identity; ATTACH adopts it"),
            statement(fmt::format("ALTER TABLE {} REPLICA IDENTITY USING INDEX {}", table, name), identity_why)};
}

/// The parent's. Where that is the default, its siblings': ALTER TABLE ... REPLICA IDENTITY of a parent is not passed
/// on, so that many a table has it on its partitions alone.
std::vector<Step> replica_identity(const ParentFacts& parent, const QualifiedName& leaf, const PartitionShape& shape) {
    const bool is_parents = parent.replica_identity != 'd';
    const char identity = is_parents ? parent.replica_identity : shape.replica_identity;
    const auto& index = is_parents ? parent.replica_identity_index : shape.identity_index;
    if (identity == 'i' && index)
        return identity_index(*index, leaf);
    if (identity == 'f' || identity == 'n')
        return {statement(fmt::format("{} REPLICA IDENTITY {}", alter(leaf), identity == 'f' ? "FULL" : "NOTHING"),
                          identity_why)};
    return {};  // DEFAULT, or the primary key, which is the same
}

/// Indexes of its own, one of which may be the replica identity of its siblings.
std::vector<Step> own_indexes(const ParentFacts& parent, const QualifiedName& leaf, const PartitionShape& shape) {
    std::vector<Step> steps;
    for (const db::LeafIndex& index : shape.indexes) {
        append(steps, leaf_index_steps(index, leaf));
        if (parent.replica_identity == 'd' && shape.replica_identity == 'i' && index.index.is_replica_identity)
            steps.push_back(statement(
                fmt::format("{} REPLICA IDENTITY USING INDEX {}", alter(leaf), sql::quote_ident(name_on(leaf, index))),
                identity_why));
    }
    return steps;
}

std::vector<Step> truncate_triggers(const ParentFacts& parent, const QualifiedName& leaf) {
    std::vector<Step> steps;
    for (const db::TruncateTrigger& trigger : parent.truncate_triggers) {
        steps.push_back(statement(fmt::format("CREATE TRIGGER {} {} TRUNCATE ON {} {}", sql::quote_ident(trigger.name),
                                              trigger.timing, sql::quoted(leaf), trigger.tail),
                                  "TRUNCATE triggers are not cloned by ATTACH"));
        if (const std::string words = state_words(trigger.enabled); !words.empty())
            steps.push_back(statement(
                fmt::format("{} {} TRIGGER {}", alter(leaf), words, sql::quote_ident(trigger.name)), "as the parent"));
    }
    return steps;
}

/// `bounds`: FOR VALUES ..., or DEFAULT.
Step attach(const ParentFacts& parent, const QualifiedName& name, const std::string& bounds, std::string why) {
    std::vector<LockRequest> locks{{parent.table, LockMode::share_update_exclusive}};
    if (parent.default_partition)
        locks.push_back({*parent.default_partition, LockMode::access_exclusive});
    for (const QualifiedName& table : parent.references)
        locks.push_back({table, LockMode::share_row_exclusive});
    return statement(fmt::format("{} ATTACH PARTITION {} {}", alter(parent.table), sql::quoted(name), bounds),
                     std::move(why), std::move(locks));
}

}  // namespace

KeyType key_type_of(const ParentFacts& parent) {
    if (const auto key = key_type(parent.key_type))
        return *key;
    throw Error(ExitCode::refused,
                fmt::format("{}: the partition key {} has type {}, which is not supported", sql::quoted(parent.table),
                            sql::quote_ident(parent.key), parent.key_type),
                "partition by a column of type date, timestamp, timestamptz, smallint, integer, bigint, numeric or "
                "uuid (version 7)");
}

namespace {

/// After ATTACH: under FORCE the check of foreign keys, which ATTACH makes as the owner, would be refused in a session
/// with row_security = off.
std::vector<Step> row_security(const ParentFacts& parent, const QualifiedName& leaf) {
    if (!parent.row_security && !parent.force_row_security)
        return {};
    return {set_owner_and_row_security(settings_of(parent, leaf))};
}

/// All that makes a table equal to its siblings-to-be, but for row security.
std::vector<Step> free_standing(const ParentFacts& parent, const QualifiedName& name, const PartitionShape& shape,
                                const std::string& check) {
    std::vector<Step> steps{create_table(parent, name, shape, check)};
    append(steps, rights(parent, name));
    append(steps, column_settings(parent, name));
    append(steps, replica_identity(parent, name, shape));
    if (shape.key.empty()) {
        append(steps, truncate_triggers(parent, name));
        append(steps, own_indexes(parent, name, shape));
    }
    if (parent.comment)
        steps.push_back(
            statement(fmt::format("COMMENT ON TABLE {} IS {}", sql::quoted(name), sql::quote_literal(*parent.comment)),
                      "the parent's comment"));
    for (const PartitionShape& part : shape.parts) {
        const QualifiedName part_name{name.schema, part.name};
        append(steps, free_standing(parent, part_name, part, {}));
        steps.push_back(
            statement(fmt::format("{} ATTACH PARTITION {} {}", alter(name), sql::quoted(part_name), part.bounds),
                      "partitioned like the other partitions"));
        append(steps, row_security(parent, part_name));
    }
    return steps;
}

/// The CHECK for its bounds: where it is partitioned itself each of its parts would need it too.
std::string bounds_check_sql(const ParentFacts& parent, KeyType key, const Leaf& leaf, const PartitionShape& shape) {
    if (!shape.key.empty())
        return {};
    return fmt::format(", CONSTRAINT {} CHECK ({})", bounds_check, within(key, leaf.bounds, parent.key));
}

}  // namespace

PartitionShape plain_shape(const ParentFacts& parent) {
    PartitionShape shape;
    shape.tablespace = parent.tablespace;
    shape.options = parent.options;
    shape.indexes = parent.leaf_indexes;
    return shape;
}

std::vector<Step> new_table_steps(const ParentFacts& parent, KeyType key, const Leaf& leaf,
                                  const PartitionShape& shape) {
    return free_standing(parent, leaf.name, shape, bounds_check_sql(parent, key, leaf, shape));
}

std::vector<Step> attach_steps(const ParentFacts& parent, KeyType key, const Leaf& leaf, const PartitionShape& shape) {
    std::vector<Step> steps{attach(parent, leaf.name, for_values(key, leaf.bounds, parent.key_columns),
                                   fmt::format("for rows in {}", describe(key, leaf.bounds)))};
    append(steps, row_security(parent, leaf.name));
    if (shape.key.empty())
        steps.push_back(statement(fmt::format("{} DROP CONSTRAINT {}", alter(leaf.name), bounds_check),
                                  "the partition's bounds make it redundant"));
    return steps;
}

std::vector<Step> leaf_steps(const ParentFacts& parent, const Leaf& leaf) {
    const KeyType key = key_type_of(parent);
    const PartitionShape shape = plain_shape(parent);
    std::vector<Step> steps = new_table_steps(parent, key, leaf, shape);
    append(steps, attach_steps(parent, key, leaf, shape));
    return steps;
}

std::vector<Step> default_steps(const ParentFacts& parent, const QualifiedName& name) {
    std::vector<Step> steps = free_standing(parent, name, plain_shape(parent), {});
    steps.push_back(attach(parent, name, "DEFAULT", "takes the rows that no other partition takes"));
    append(steps, row_security(parent, name));
    return steps;
}

Unit create_default(const ParentFacts& parent, const QualifiedName& name) {
    Unit unit;
    unit.name = fmt::format("create DEFAULT partition {}", sql::quoted(name));
    unit.steps = default_steps(parent, name);
    unit.steps.push_back(check_settings({settings_of(parent, name)}));
    return unit;
}

Unit create_leaf(const ParentFacts& parent, const Leaf& leaf) {
    Unit unit;
    unit.name = fmt::format("create partition {}", sql::quoted(leaf.name));
    unit.steps = leaf_steps(parent, leaf);
    unit.steps.push_back(check_settings({settings_of(parent, leaf.name)}));
    // Without DEFAULT no lock here makes a reader or writer of the table wait: ATTACH may take its own.
    if (parent.default_partition)
        unit.lock_first = {{parent.table, LockMode::share_update_exclusive},
                           {*parent.default_partition, LockMode::access_exclusive}};
    return unit;
}

}  // namespace tripmig::ddl
