#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tripmig::sql {

/// A name as the catalog spells it, qualifying parts first: {"public", "orders"} or {"orders"}.
using NameParts = std::vector<std::string>;

/// What a statement does to the transaction around it.
enum class TransactionControl {
    none,
    begin,               ///< BEGIN, START TRANSACTION
    commit,              ///< COMMIT, END
    rollback,            ///< ROLLBACK, ABORT
    commit_and_chain,    ///< COMMIT AND CHAIN
    rollback_and_chain,  ///< ROLLBACK AND CHAIN
    savepoint,
    release,
    rollback_to_savepoint,
    prepare  ///< PREPARE TRANSACTION
};

/// CREATE INDEX, cut so that the same index can be made again under another name, on another table.
struct IndexDefinition {
    bool is_unique = false;
    bool is_concurrent = false;
    bool if_not_exists = false;
    std::string name;      ///< empty: the server chooses one
    bool is_only = false;  ///< ON ONLY
    NameParts table;
    std::string tail;  ///< what follows the table's name, verbatim: USING, columns, INCLUDE, WITH, TABLESPACE, WHERE
};

struct DropIndex {
    bool is_concurrent = false;
    bool if_exists = false;
    bool is_cascade = false;
    std::vector<NameParts> names;
};

/// ALTER TABLE ... DETACH PARTITION.
struct DetachPartition {
    NameParts partition;
    bool is_concurrent = false;
    bool is_finalize = false;
};

/// What the text alone tells of a statement.
struct Facts {
    /// Stable lower-case words: "create index", "alter table", "insert", "begin", "do". One statement under several
    /// spellings has one kind: END is "commit". "unknown" for a word that begins no statement of PostgreSQL 15 to 18.
    std::string kind;
    /// False when PostgreSQL refuses it inside of a transaction block. What the text cannot tell counts as true: a CALL
    /// or DO that commits, and see `refused_when_partitioned`.
    bool is_transactional = true;
    std::string reason;  ///< why it is not, for people; empty when it is
    /// REINDEX TABLE or INDEX and CLUSTER: refused in a transaction block when that relation is partitioned.
    bool refused_when_partitioned = false;
    bool is_concurrent = false;  ///< CONCURRENTLY is in it
    TransactionControl control = TransactionControl::none;
    /// BEGIN or SET TRANSACTION ISOLATION LEVEL ... READ ONLY: the modes, verbatim, as both take them. Empty: none.
    std::string transaction_modes;
    /// The first object it names, the setting for SET and RESET, the index for CREATE INDEX. Empty when it names none.
    NameParts target;
    // Null for all but a few statements: a file may have a million of them.
    std::shared_ptr<const IndexDefinition> index;
    std::shared_ptr<const DropIndex> drop_index;
    std::shared_ptr<const DetachPartition> detach;

    bool operator==(const Facts&) const = default;
};

}  // namespace tripmig::sql
