#include "ddl/trigger_function.hpp"

#include <fmt/format.h>

#include "ddl/private_object.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

std::vector<Step> create_trigger_function(const TriggerFunction& function, const std::string& why) {
    const std::string name = sql::quoted(function.name);
    // row_security off: under FORCE ROW LEVEL SECURITY a part of the rows would look like all of them.
    std::vector<Step> steps{
        statement(fmt::format("CREATE {}FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET "
                              "search_path = pg_catalog, pg_temp {}AS {}",
                              function.may_be_there ? "OR REPLACE " : "", name,
                              function.reads_tables ? "SET row_security = off " : "", function.body),
                  why),
        make_function_private(function.name)};
    if (function.owner != function.creator)
        steps.push_back(
            statement(fmt::format("ALTER FUNCTION {}() OWNER TO {}", name, sql::quote_ident(function.owner)),
                      "the owner of the tables"));
    return steps;
}

}  // namespace tripmig::ddl
