#pragma once

#include "cli/migrate/up_run.hpp"

namespace tripmig::cli {

/// `up --dry-run`: prints what is pending on stdout as `up` would run it, and changes nothing. options.dry_run: `text`
/// for people, `sql` for psql, `json`. Throws Error{disagreement} where `up` would refuse.
void preview_up(Context& context, const UpOptions& options);

}  // namespace tripmig::cli
