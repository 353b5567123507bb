#include "support/schema_text.hpp"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "support/command.hpp"
#include "support/test_database.hpp"

namespace tripmig::test {

namespace {

// What only some versions have is read through to_jsonb().
constexpr const char* facts = R"(
WITH names AS (
    SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'tripmig')
), relations AS (
    SELECT c.*, c.oid::regclass::text AS called, c.oid IS NOT DISTINCT FROM to_regclass(nullif($2, '')) AS is_swapped FROM pg_class c
    WHERE relnamespace IN (SELECT oid FROM names) AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.oid::regclass::text !~ $1
)
SELECT fact FROM (
    SELECT concat_ws(' ', 'schema', n.oid::regnamespace, nspowner::regrole, nspacl, obj_description(n.oid, 'pg_namespace')) AS fact
    FROM pg_namespace n JOIN names USING (oid)
    UNION ALL
    SELECT concat_ws(' ', 'relation', called, CASE WHEN is_swapped THEN 't' ELSE c.relkind END, c.relpersistence, c.relowner::regrole, c.relacl, c.relrowsecurity, c.relforcerowsecurity,
                     c.relreplident, c.reltablespace, CASE WHEN NOT is_swapped THEN concat_ws(' ', c.reloptions, t.reloptions, c.relam, pg_get_partkeydef(c.oid)) END,
                     pg_get_expr(c.relpartbound, c.oid),
                     CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, obj_description(c.oid, 'pg_class'),
                     (SELECT string_agg(inhparent::regclass::text, ',') FROM pg_inherits WHERE inhrelid = c.oid))
    FROM relations c LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
    UNION ALL
    SELECT concat_ws(' ', 'column', called, lpad((row_number() OVER (PARTITION BY c.oid ORDER BY attnum))::text, 4, '0'), attname,
                     format_type(atttypid, atttypmod), attcollation::regcollation, attnotnull OR (is_swapped AND attname = $3), pg_get_expr(adbin, adrelid),
                     '<', attgenerated, attidentity, '>', attstorage, attcompression, nullif(attstattarget, -1), attacl,
                     (SELECT string_agg(o, ',') FROM unnest(attoptions) o WHERE o !~ '^pg_'), col_description(attrelid, attnum))
    FROM relations c JOIN pg_attribute ON attrelid = c.oid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attnum > 0 AND NOT attisdropped AND c.relkind <> 'S'
    UNION ALL
    SELECT concat_ws(' ', 'constraint', called, conname, contype, convalidated, conislocal, coninhcount,
                     CASE WHEN is_swapped AND contype = 'p' THEN NULL
                          -- It points to the registry then.
                          WHEN confrelid <> 0 AND confrelid IN (to_regclass(nullif($2, '')), to_regclass(nullif($4, ''))) THEN
                               regexp_replace(pg_get_constraintdef(k.oid), 'REFERENCES .*\)', 'REFERENCES')
                          ELSE pg_get_constraintdef(k.oid) END,
                     obj_description(k.oid, 'pg_constraint'))
    FROM relations c JOIN pg_constraint k ON conrelid = c.oid
    WHERE contype <> 't' AND NOT EXISTS (SELECT FROM pg_constraint w WHERE w.oid = k.conparentid AND w.conrelid = k.conrelid) AND NOT ($6::bool AND is_swapped AND contype = 'u' AND (SELECT attnum FROM pg_attribute WHERE attrelid = c.oid AND attname = $3) <> ALL (conkey)) AND NOT ($5::bool AND confrelid <> 0 AND confrelid = to_regclass(nullif($2, ''))) AND NOT (is_swapped AND contype = 'n' AND pg_get_constraintdef(k.oid) = format('NOT NULL %I', $3))
    UNION ALL
    SELECT concat_ws(' ', 'index', called, i.relname, CASE WHEN NOT (is_swapped AND indisprimary) THEN replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') END, indisprimary, indisvalid, indisreplident, indisclustered AND NOT is_swapped, i.reltablespace,
                     obj_description(indexrelid, 'pg_class'),
                     (SELECT string_agg(inhparent::regclass::text, ',') FROM pg_inherits WHERE inhrelid = indexrelid),
                     (SELECT string_agg(attnum || '=' || attstattarget, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = indexrelid AND attstattarget >= 0 AND NOT (is_swapped AND indisprimary)))
    FROM relations c JOIN pg_index ON indrelid = c.oid JOIN pg_class i ON i.oid = indexrelid
    WHERE NOT ($6::bool AND is_swapped AND indisunique AND NOT indisprimary AND (SELECT attnum FROM pg_attribute WHERE attrelid = c.oid AND attname = $3) <> ALL (indkey::int2[]))
    UNION ALL
    SELECT concat_ws(' ', 'trigger', called, pg_get_triggerdef(t.oid), tgenabled, tgparentid <> 0, obj_description(t.oid, 'pg_trigger'))
    FROM relations c JOIN pg_trigger t ON tgrelid = c.oid JOIN pg_proc f ON f.oid = tgfoid WHERE NOT tgisinternal AND NOT (f.prosecdef AND $2 <> '')
    UNION ALL
    SELECT concat_ws(' ', 'policy', called, polname, polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid), '|',
                     pg_get_expr(polwithcheck, polrelid), obj_description(p.oid, 'pg_policy'))
    FROM relations c JOIN pg_policy p ON polrelid = c.oid
    UNION ALL
    SELECT concat_ws(' ', 'rule', called, pg_get_ruledef(r.oid), ev_enabled, obj_description(r.oid, 'pg_rewrite')) FROM relations c JOIN pg_rewrite r ON ev_class = c.oid
    WHERE rulename <> '_RETURN'
    UNION ALL
    SELECT concat_ws(' ', 'sequence', called, seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle,
                     (SELECT concat_ws(' ', refobjid::regclass, attname, deptype) FROM pg_depend
                      JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
                      WHERE objid = c.oid AND refobjsubid > 0 AND deptype IN ('a', 'i') AND refclassid = 'pg_class'::regclass))
    FROM relations c JOIN pg_sequence ON seqrelid = c.oid
    UNION ALL
    SELECT concat_ws(' ', 'statistics', pg_get_statisticsobjdef(s.oid), stxowner::regrole, nullif(stxstattarget, -1), obj_description(s.oid, 'pg_statistic_ext'))
    FROM relations c JOIN pg_statistic_ext s ON stxrelid = c.oid
    UNION ALL
    SELECT concat_ws(' ', 'function', pg_get_functiondef(p.oid), proowner::regrole, proacl, obj_description(p.oid, 'pg_proc'))
    FROM pg_proc p JOIN names ON names.oid = pronamespace WHERE prokind IN ('f', 'p') AND NOT (prosecdef AND $2 <> '')
    UNION ALL
    SELECT concat_ws(' ', 'type', y.oid::regtype, typtype, typowner::regrole, typacl, (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = y.oid))
    FROM pg_type y JOIN names ON names.oid = typnamespace WHERE typtype IN ('e', 'd', 'r')
    UNION ALL
    SELECT concat_ws(' ', 'publication', to_jsonb(p) - 'oid') FROM pg_publication p
    UNION ALL
    SELECT concat_ws(' ', 'published', pubname, prrelid::regclass, to_jsonb(r) ->> 'prattrs', (to_jsonb(r) ->> 'prqual') IS NOT NULL)
    FROM pg_publication_rel r JOIN pg_publication p ON p.oid = prpubid WHERE prrelid IN (SELECT oid FROM relations)
    UNION ALL
    SELECT concat_ws(' ', 'default rights', defaclrole::regrole, defaclnamespace, defaclobjtype, defaclacl) FROM pg_default_acl
) AS listed ORDER BY fact COLLATE "C"
)";

std::string own_pg_dump() {
    const char* folder = std::getenv("TRIPMIG_SANDBOX_BINDIR");
    if (folder == nullptr)
        return "pg_dump";
    const std::string program = std::string(folder) + "/pg_dump";
    return ::access(program.c_str(), X_OK) == 0 ? program : std::string();
}

/// Newer minor releases put a random word around their text.
std::string without_restrict(const std::string& dump) {
    std::string text;
    for (std::size_t at = 0; at < dump.size();) {
        std::size_t end = dump.find('\n', at);
        end = end == std::string::npos ? dump.size() : end + 1;
        const std::string line = dump.substr(at, end - at);
        if (line.compare(0, 10, "\\restrict ") != 0 && line.compare(0, 12, "\\unrestrict ") != 0)
            text += line;
        at = end;
    }
    return text;
}

/// "public.orders_2*" as the expression that finds orders_2...
std::string expression_of(const std::vector<std::string>& patterns) {
    std::string expression = "^($";
    for (const std::string& pattern : patterns) {
        expression += '|';
        for (const char letter : pattern.substr(pattern.compare(0, 7, "public.") == 0 ? 7 : 0))
            expression += letter == '*' ? ".*" : letter == '?' ? "." : std::string(1, letter);
    }
    return expression + ")$";
}

}  // namespace

std::string catalog_text(const std::string& url, const std::vector<std::string>& without, const SwappedTable& swapped) {
    std::string text;
    for (const Row& row :
         Connection(url).rows(facts, {expression_of(without), swapped.table, swapped.key, swapped.registry,
                                      swapped.gives_up_incoming ? "t" : "f", swapped.unique_per_leaf ? "t" : "f"}))
        text += row.at(0).value_or("") + "\n";
    return text;
}

std::string schema_text(const std::string& url, const std::vector<std::string>& without) {
    const std::string program = own_pg_dump();
    if (program.empty())
        return catalog_text(url, without);
    std::vector<std::string> command{program, "--schema-only", "--exclude-schema=tripmig"};
    for (const std::string& pattern : without)
        command.push_back("--exclude-table=" + pattern);
    command.push_back(url);
    const CommandResult result = run_command(command);
    if (result.exit_code != 0)
        throw std::runtime_error("pg_dump: " + result.err);
    return without_restrict(result.out);
}

}  // namespace tripmig::test
