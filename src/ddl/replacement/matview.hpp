#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "db/catalog/table_info.hpp"

namespace tripmig::ddl {

/// A materialized view that reads a table by OID. PostgreSQL has no CREATE OR REPLACE for it: another one is built
/// beside it from the same query, whose names mean the new table by now, and takes its place.
struct Matview {
    db::TableInfo view;                ///< as it is now: owner, grants, columns, indexes, views that stand on it
    std::string query;                 ///< with the names of before
    bool is_populated = true;          ///< else REFRESH was never run, and is not run now
    std::vector<std::string> clauses;  ///< "ALTER COLUMN a SET STORAGE external"
    bool may_be_built = true;          ///< role and owner may create in its schema
    std::string taken;                 ///< a relation that has one of the two names it needs for the time; or empty
};

/// What the first one is called between the two renames.
QualifiedName former_matview_name(const QualifiedName& view);

/// Builds the other one, with its rows when the first has rows, indexes, rights and comments: one transaction that
/// nobody waits for, in which REFRESH runs as the owner, who will run it later. What an earlier one left goes first.
Unit build_matview(const Matview& matview);

/// The other one takes the first one's name, and the names of its indexes; views on it are bound to it; the first one
/// goes. Catalog only; its locks come first.
Unit exchange_matview(const Matview& matview);

/// What an interrupted build left, if anything.
Unit drop_staged_matview(const QualifiedName& view);

}  // namespace tripmig::ddl
