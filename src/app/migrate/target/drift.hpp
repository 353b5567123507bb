#pragma once

#include <vector>

#include "app/context.hpp"
#include "db/connection.hpp"
#include "db/state/catalog_store.hpp"

namespace tripmig::app {

/// Who never compares does not wait for a record either. One that is older than the history's newest row counts for
/// nothing.
bool records_schema(const Context& context);

/// What was changed by hand since the last run recorded the schema, as `check_drift` of [migrations] wants it: it
/// is told, or Error{refused} is thrown. Under the run lock, before anything is applied.
std::vector<db::CatalogDifference> check_drift(const Context& context, db::Connection& connection);

/// Records the schema as it is now, but for `kept`. A failure is a warning: the next run then has nothing to compare
/// with. Nothing after a signal.
void record_schema(const Context& context, db::Connection& connection,
                   const std::vector<db::CatalogDifference>& kept) noexcept;

/// Runs what changes the schema between the check and the record, which is made also when it fails.
template <typename Change>
void with_drift_check(const Context& context, db::Connection& connection, Change change) {
    if (!records_schema(context))
        return change();
    const std::vector<db::CatalogDifference> drift = check_drift(context, connection);
    try {
        change();
    } catch (...) {
        record_schema(context, connection, drift);
        throw;
    }
    record_schema(context, connection, drift);
}

}  // namespace tripmig::app
