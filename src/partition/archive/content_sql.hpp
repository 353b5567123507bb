#pragma once

#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "partition/archive/manifest.hpp"

namespace tripmig::partition {

/// SELECT of `rows` and `hash`: the server's own count, and the sum over the rows of the first eight bytes of SHA-256
/// of what format('%L,%L,...') makes of their columns.
std::string content_sql(const QualifiedName& table, const std::vector<std::string>& columns);

/// SELECT of one boolean: the table has exactly this content.
std::string has_content_sql(const QualifiedName& table, const std::vector<std::string>& columns,
                            const Content& content);

/// "COPY (SELECT ...) TO STDOUT"
std::string copy_out_sql(const QualifiedName& table, const std::vector<std::string>& columns);

/// Rows of `part` ('column', 'constraint', 'index', 'statistics'), `name`, `sql` and `is_generated`: what the table is
/// made of.
std::string definition_sql(const QualifiedName& table);

}  // namespace tripmig::partition
