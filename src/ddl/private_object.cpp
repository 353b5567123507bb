#include "ddl/private_object.hpp"

#include <fmt/format.h>

#include <string>

#include "ddl/function_text.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

/// `entries`: FROM clause and condition, with the access list as `item` and the owner as `owner`.
Step revoke_all(const std::string& object, const std::string& entries) {
    const std::string body = fmt::format(R"(
DECLARE
    grantee pg_catalog.text;
BEGIN
    FOR grantee IN
        SELECT DISTINCT CASE item.grantee WHEN 0 THEN 'PUBLIC'
                        ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(item.grantee)) END
        FROM {}
    LOOP
        EXECUTE {} || grantee;
    END LOOP;
END
)",
                                         entries, sql::quote_literal(fmt::format("REVOKE ALL ON {} FROM ", object)));
    return statement("DO " + dollar_quoted(body), "revoke what default privileges granted");
}

}  // namespace

Step make_table_private(const QualifiedName& table) {
    const std::string name = sql::quoted(table);
    return revoke_all(
        "TABLE " + name,
        fmt::format("pg_catalog.pg_class AS c CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) AS item\n"
                    "        WHERE c.oid = {}::pg_catalog.regclass AND item.grantee <> c.relowner",
                    sql::quote_literal(name)));
}

Step make_function_private(const QualifiedName& function) {
    const std::string name = sql::quoted(function) + "()";
    return revoke_all("FUNCTION " + name,
                      fmt::format("pg_catalog.pg_proc AS p CROSS JOIN LATERAL pg_catalog.aclexplode(\n"
                                  "            COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner))) AS item\n"
                                  "        WHERE p.oid = {}::pg_catalog.regprocedure AND item.grantee <> p.proowner",
                                  sql::quote_literal(name)));
}

}  // namespace tripmig::ddl
