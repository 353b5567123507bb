#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "migrate/run/file_runner.hpp"

namespace tripmig::cli {

/// What a `swap` directive finds.
struct SwapOutlook {
    enum class Kind { partitioned, small, big } kind = Kind::small;
    QualifiedName table;
    std::int64_t rows = 0;  ///< counted up to one more than `inline_swap_rows`

    /// "public.orders has 12 rows: it is swapped then and there".
    [[nodiscard]] std::string text(const Context& context) const;
};

/// Looks, changes nothing. Throws Error{refused} when there is no such table.
SwapOutlook look_at_swap(Context& context, const std::vector<std::string>& table);

/// What `up` does for a `swap` directive: nothing when the table is partitioned, the swap itself when it has at most
/// `inline_swap_rows` rows; Error{refused} with the command to run first when it has more.
migrate::SwapTable swap_within_migration(Context& context);

}  // namespace tripmig::cli
