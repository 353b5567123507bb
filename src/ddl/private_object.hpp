#pragma once

#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"

namespace tripmig::ddl {

// Default privileges may let any role into an object the moment it is created (manual, ALTER DEFAULT PRIVILEGES). These
// steps belong into the transaction that creates it: they read whom it was opened to, and nobody else ever saw it.

/// Takes every right on a table from everyone but its owner.
Step make_table_private(const QualifiedName& table);

/// Takes the right to call a function without arguments from everyone but its owner.
Step make_function_private(const QualifiedName& function);

}  // namespace tripmig::ddl
