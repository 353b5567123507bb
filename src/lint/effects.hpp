#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/step.hpp"
#include "lint/schema.hpp"
#include "sql/facts/statement_facts.hpp"

namespace tripmig::lint {

/// A lock that a statement takes on a relation that was there before it.
struct TableLock {
    std::string relation;  ///< its key, see KnownSchema
    LockMode mode = LockMode::access_share;
};

/// A table that is written anew, or read from end to end, while it is locked.
struct TablePass {
    std::string table;
    bool is_certain = true;  ///< false: it depends on what the files don't tell
    std::string why;         ///< "column total changes from int4 to int8"
};

/// What a statement does to relations that were there before, as its text and the files before it tell: the truth of
/// PostgreSQL 15, held against a server by the tests. Row locks, and ACCESS SHARE on what a view is made of in its
/// turn, are not in it.
struct Effects {
    std::vector<TableLock> locks;      ///< the strongest of each relation, by name
    std::vector<TablePass> rewrites;   ///< manual, ALTER TABLE, notes
    std::vector<TablePass> scans;      ///< without a rewrite: to check a constraint or to build an index
    std::vector<std::string> emptied;  ///< by TRUNCATE
    bool is_opaque = false;            ///< DO, CALL, EXECUTE: runs what the text does not show

    void lock(const std::string& relation, LockMode mode);
    void rewrite(const std::string& table, std::string why, bool is_certain = true);
    void scan(const std::string& table, std::string why, bool is_certain = true);
    [[nodiscard]] const TableLock* lock_on(std::string_view relation) const;
    [[nodiscard]] bool has_rewrite(std::string_view table) const;
    [[nodiscard]] bool has_scan(std::string_view table) const;
};

}  // namespace tripmig::lint
