#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.hpp"

namespace tripmig::db {

/// When the schema was recorded last.
struct CatalogRecord {
    std::string recorded_at;  ///< UTC
    std::string why_not;      ///< why it cannot be compared with the schema of now; empty: it can
};

/// An object that is not what was recorded.
struct CatalogDifference {
    std::string kind;                   ///< "table", "column", "index"
    std::string name;                   ///< as SQL has it: "public.orders.total", "orders_idx on public.orders"
    std::optional<std::string> before;  ///< nullopt: it was not there
    std::optional<std::string> now;     ///< nullopt: it is gone

    /// "column public.orders.total was changed: integer, now bigint".
    [[nodiscard]] std::string text() const;
};

/// The schema as the last run left it, in the state schema: see catalog_description.sql for what counts.
/// nullopt: it was never recorded, or this role may not read it.
std::optional<CatalogRecord> read_catalog_record(Connection& connection, std::string_view state_schema);

/// How the schema differs from the record, by kind and name. What a job of tripmig's did since to its table, to what
/// refers to it and to what bears its name is none. In a transaction of its own under our settings, whatever the
/// session's.
std::vector<CatalogDifference> read_catalog_differences(Connection& connection, std::string_view state_schema);

/// Records the schema as it is, but for objects of `kept`, which stay as they were recorded: they are told again.
void record_catalog(Connection& connection, std::string_view state_schema, const std::vector<CatalogDifference>& kept);

}  // namespace tripmig::db
