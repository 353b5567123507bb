#pragma once

#include <map>
#include <string>
#include <vector>

#include "db/session.hpp"

namespace tripmig::migrate {

/// Every object of a database's schema and what defines it: "column public.orders.total" is "numeric NOT NULL".
/// tripmig's own tables, and what belongs to extensions, are not in it.
using SchemaPortrait = std::map<std::string, std::string>;

SchemaPortrait schema_portrait(db::Session& session, const std::string& state_schema);

/// What makes one differ from the other, a line an object: "+ table public.orders" is only in the second,
/// "- ..." only in the first, "~ ...: a -> b" in both, differently. Pure.
std::vector<std::string> differences(const SchemaPortrait& first, const SchemaPortrait& second);

}  // namespace tripmig::migrate
