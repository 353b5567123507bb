#include "ddl/replacement/table_settings.hpp"

#include <fmt/format.h>

#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

std::string relation(const TableSettings& settings) {
    return sql::quote_literal(sql::quoted(settings.table)) + "::pg_catalog.regclass";
}

std::string literal(bool flag) {
    return flag ? "true" : "false";
}

/// SELECT of what differs, a row each.
std::string compare_flags(const TableSettings& settings) {
    const std::string owner = sql::quote_literal(settings.owner);
    return fmt::format(
        "SELECT compared.difference FROM pg_catalog.pg_class AS c CROSS JOIN LATERAL (VALUES "
        "('its owner is ' || pg_catalog.pg_get_userbyid(c.relowner) || ', not ' || {0}, "
        "pg_catalog.pg_get_userbyid(c.relowner) <> {0}), "
        "('row level security is {1}', c.relrowsecurity <> {2}), "
        "('FORCE ROW LEVEL SECURITY is {3}', c.relforcerowsecurity <> {4})) AS compared (difference, differs) "
        "WHERE c.oid = {5} AND compared.differs",
        owner, settings.row_security ? "off" : "on", literal(settings.row_security),
        settings.force_row_security ? "off" : "on", literal(settings.force_row_security), relation(settings));
}

/// How one entry of an access control list is written on both sides of the comparison.
std::string entry_text(const db::Grant& grant) {
    return fmt::format("{} {}{}{}", grant.grantee.empty() ? "PUBLIC" : grant.grantee, grant.privilege,
                       grant.column.empty() ? "" : " (" + grant.column + ")",
                       grant.grantable ? " WITH GRANT OPTION" : "");
}

/// Entries as they are: `acl` of each row of `from`.
std::string entries(const std::string& acl, const std::string& column, const std::string& from) {
    return fmt::format(
        "SELECT (COALESCE(r.rolname, 'PUBLIC') || ' ' || item.privilege_type || {} || CASE WHEN item.is_grantable THEN "
        "' WITH GRANT OPTION' ELSE '' END) COLLATE pg_catalog.\"C\" AS entry FROM {} CROSS JOIN LATERAL "
        "pg_catalog.aclexplode({}) AS item LEFT "
        "JOIN pg_catalog.pg_roles AS r ON r.oid = item.grantee",
        column, from, acl);
}

std::string actual_entries(const TableSettings& settings) {
    const std::string table =
        fmt::format("(SELECT * FROM pg_catalog.pg_class WHERE oid = {}) AS c", relation(settings));
    const std::string columns = fmt::format(
        "(SELECT * FROM pg_catalog.pg_attribute WHERE attrelid = {} AND NOT attisdropped AND attacl IS NOT NULL) AS a",
        relation(settings));
    return entries("COALESCE(c.relacl, pg_catalog.acldefault('r', c.relowner))", "''", table) + " UNION " +
           entries("a.attacl", "' (' || a.attname || ')'", columns);
}

std::string expected_entries(const TableSettings& settings) {
    std::string values;
    for (const db::Grant& grant : settings.grants)
        values += fmt::format("{}({})", values.empty() ? "" : ", ", sql::quote_literal(entry_text(grant)));
    std::string sql = "SELECT NULL::pg_catalog.text COLLATE pg_catalog.\"C\" WHERE false";
    if (!values.empty())
        sql = fmt::format("SELECT listed.entry COLLATE pg_catalog.\"C\" FROM (VALUES {}) AS listed (entry)", values);
    if (!settings.has_acl)
        sql += " UNION " +
               entries("pg_catalog.acldefault('r', c.relowner)", "''",
                       fmt::format("(SELECT * FROM pg_catalog.pg_class WHERE oid = {}) AS c", relation(settings)));
    return sql;
}

std::string compare_grants(const TableSettings& settings) {
    const std::string actual = actual_entries(settings);
    const std::string expected = expected_entries(settings);
    return fmt::format(
        "SELECT 'granted: ' || more.entry FROM (({0}) EXCEPT ({1})) AS more (entry) UNION ALL SELECT 'not granted: ' "
        "|| "
        "missing.entry FROM (({1}) EXCEPT ({0})) AS missing (entry)",
        actual, expected);
}

std::string compare_triggers(const TableSettings& settings) {
    std::string expected = "SELECT NULL::pg_catalog.text, NULL::pg_catalog.text WHERE false";
    std::string names;
    const auto add_name = [&](const std::string& name) {
        names += (names.empty() ? "" : ", ") + sql::quote_literal(name);
    };
    for (const TableSettings::Trigger& trigger : settings.triggers) {
        expected += fmt::format(" UNION ALL SELECT {}, '{}'", sql::quote_literal(trigger.name), trigger.enabled);
        add_name(trigger.name);
    }
    for (const std::string& name : settings.more_triggers)
        add_name(name);
    const std::string mine = fmt::format(
        "SELECT tgname, tgenabled FROM pg_catalog.pg_trigger WHERE tgrelid = {} AND NOT "
        "tgisinternal",
        relation(settings));
    return fmt::format(
        "SELECT 'trigger ' || mine.tgname || ' was added' FROM ({0}) AS mine WHERE mine.tgname <> ALL "
        "(ARRAY[{1}]::pg_catalog.name[]) UNION ALL SELECT 'trigger ' || expected.name || ' is missing, or not enabled "
        "as "
        "it was' FROM ({2}) AS expected (name, enabled) WHERE NOT EXISTS (SELECT FROM ({0}) AS mine WHERE mine.tgname "
        "= "
        "expected.name AND mine.tgenabled::pg_catalog.text = expected.enabled)",
        mine, names, expected);
}

std::string compare(const TableSettings& settings) {
    std::string sql = compare_flags(settings);
    if (settings.compares_access)
        sql += " UNION ALL " + compare_grants(settings) + " UNION ALL " + compare_triggers(settings);
    return fmt::format("SELECT {} || ': ' || found.difference AS difference FROM ({}) AS found (difference)",
                       sql::quote_literal(sql::quoted(settings.table)), sql);
}

}  // namespace

TableSettings settings_of(const db::ParentFacts& parent, const QualifiedName& partition) {
    TableSettings settings;
    settings.table = partition;
    settings.owner = parent.owner;
    settings.row_security = parent.row_security;
    settings.force_row_security = parent.force_row_security;
    return settings;
}

TableSettings settings_of(const Replacement& replacement, const std::vector<std::string>& own_triggers) {
    const db::TableInfo& table = replacement.table;
    TableSettings settings;
    settings.table = table.name;
    settings.owner = table.owner;
    settings.row_security = table.row_security;
    settings.force_row_security = table.force_row_security;
    settings.compares_access = true;
    settings.has_acl = table.has_acl;
    if (table.has_acl)
        settings.grants = table.grants;
    for (const db::ColumnInfo& column : table.columns)
        settings.grants.insert(settings.grants.end(), column.grants.begin(), column.grants.end());
    for (const db::TriggerInfo& trigger : table.triggers)
        settings.triggers.push_back({trigger.name, trigger.enabled});
    settings.more_triggers = own_triggers;
    if (replacement.registry)
        for (const std::string& name : {replacement.registry->keep_trigger(), replacement.registry->move_trigger(),
                                        replacement.registry->truncate_trigger()})
            settings.more_triggers.push_back(name);
    return settings;
}

Step set_owner_and_row_security(const TableSettings& settings) {
    return statement(
        fmt::format("ALTER TABLE {} OWNER TO {}, {} ROW LEVEL SECURITY, {} ROW LEVEL SECURITY",
                    sql::quoted(settings.table), sql::quote_ident(settings.owner),
                    settings.row_security ? "ENABLE" : "DISABLE", settings.force_row_security ? "FORCE" : "NO FORCE"),
        "as before, even if an event trigger changed it");
}

Step check_settings(const std::vector<TableSettings>& tables) {
    std::string found;
    for (const TableSettings& settings : tables)
        found += (found.empty() ? "" : " UNION ALL ") + compare(settings);
    Step step =
        check(fmt::format("SELECT pg_catalog.count(*) = 0 AS holds, pg_catalog.string_agg(difference, '; ') AS found "
                          "FROM ({}) AS differences",
                          found),
              "a new table differs from the one that it was made from; event triggers can cause that (`tripmig swap "
              "plan` names them): let them leave it alone, or let a superuser disable them during the swap");
    step.why = "event triggers may have changed what was created";
    return step;
}

}  // namespace tripmig::ddl
