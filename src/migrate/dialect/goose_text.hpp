#pragma once

#include "migrate/dialect/section_text.hpp"
#include "migrate/migration.hpp"

namespace tripmig::migrate {

/// The SQL of one direction of a goose file: its annotations out, each marked block one statement, and, with
/// `with_variables`, environment variables in where ENVSUB is ON.
SectionText goose_text(const Migration& migration, bool with_variables);

}  // namespace tripmig::migrate
