#pragma once

#include <string>

#include "base/qualified_name.hpp"
#include "base/step.hpp"

namespace tripmig::ddl {

// A CHECK on a table that is in use: added without a look at the rows under a short ACCESS EXCLUSIVE, then validated by
// a scan that blocks no writer (manual, ALTER TABLE: Notes).

Step add_check_not_valid(const QualifiedName& table, const std::string& name, const std::string& expression,
                         const std::string& why);
Step validate_constraint(const QualifiedName& table, const std::string& name, const std::string& why);
/// A foreign key's, a unit of its own: it holds ROW SHARE on the referenced table for as long as it scans.
Unit validate_foreign_key(const QualifiedName& table, const std::string& name, const QualifiedName& references,
                          const std::string& why);
/// IF EXISTS: a killed run may have been here before.
Step drop_check(const QualifiedName& table, const std::string& name, const std::string& why);
/// No scan when a valid CHECK says the same (manual, ALTER TABLE: SET NOT NULL).
Step set_not_null(const QualifiedName& table, const std::string& column);

}  // namespace tripmig::ddl
