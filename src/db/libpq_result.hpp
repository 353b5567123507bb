#pragma once

#include "db/result.hpp"

struct pg_result;

namespace tripmig::db {

/// Takes what PQgetResult() gave, to be freed with the last one that reads it.
Result libpq_result(pg_result* raw);

}  // namespace tripmig::db
