#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"
#include "base/qualified_name.hpp"
#include "migrate/run/file_runner.hpp"

namespace tripmig::app {

/// What a `swap` directive finds.
struct SwapOutlook {
    enum class Kind { partitioned, small, big } kind = Kind::small;
    QualifiedName table;
    std::int64_t rows = 0;       ///< counted up to one more than `most_rows`
    std::int64_t most_rows = 0;  ///< inline_swap_rows

    /// "public.orders has 12 rows: it is swapped then and there".
    [[nodiscard]] std::string text() const;
};

/// The table that a directive names: in public when it says no schema.
QualifiedName swapped_table(const std::vector<std::string>& parts);

/// Looks, changes nothing. Throws Error{refused} when there is no such table.
SwapOutlook look_at_swap(const Context& context, const QualifiedName& table);

/// What `up` does for a `swap` directive: nothing when the table is partitioned, the swap itself when it has at most
/// `inline_swap_rows` rows; Error{refused} with the command to run first when it has more.
migrate::SwapTable swap_within_migration(const Context& context);

}  // namespace tripmig::app
