// Tables drawn from a seed, with everything that can hang on a table, swapped and put back. The catalog must say the
// same of the partitioned table as of the plain one, and pg_dump the same after the way back as before, byte for byte.
//   TRIPMIG_TEST_SEED=17 TRIPMIG_TEST_COUNT=200: these instead of the few that are always run.
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>

#include "cli/swap/rich_table.hpp"
#include "support/generated_table.hpp"

using namespace tripmig::test;

namespace {

int from_environment(const char* name, int otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::atoi(text);
}

/// The lines that only one of two texts has.
std::string difference(const std::string& before, const std::string& after) {
    const auto lines_without = [](const std::string& text, const std::string& other, const char* mark) {
        std::string lines;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
            if (const std::string line = text.substr(at, end - at);
                ("\n" + other).find("\n" + line) == std::string::npos)
                lines += mark + line;
            at = end;
        }
        return lines;
    };
    return lines_without(before, after, "- ") + lines_without(after, before, "+ ");
}

struct GeneratedCase {
    CarryRoles roles;
    SwapFixture room;
    GeneratedTable generated;
    SwappedTable swapped;
    std::vector<std::string> own;  ///< what the swap makes: leaves, the old table, the registry

    GeneratedCase(std::uint64_t seed, bool is_copy)
        : generated(seed, is_copy, std::stoi(room.database.scalar("SHOW server_version_num")) / 10000) {
        for (const std::string& statement : generated.sql) {
            INFO(statement);
            REQUIRE_NOTHROW(room.database.exec(statement));
        }
        swapped.table = generated.table;
        swapped.key = generated.key;
        swapped.gives_up_incoming = generated.incoming == "drop";
        swapped.unique_per_leaf = generated.unique_indexes == "leaf";
    }

    [[nodiscard]] std::string scalar(const std::string& sql) const { return room.database.scalar(sql); }
    [[nodiscard]] CommandResult swap(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "swap");
        arguments.insert(arguments.begin() + 2, generated.table);
        return room.tripmig(arguments);
    }

    /// The names of the foreign keys that point to the table.
    [[nodiscard]] std::vector<std::string> incoming_names() const {
        std::vector<std::string> names;
        for (const Row& row :
             room.database.rows("SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = to_regclass($1)",
                                {generated.table}))
            names.push_back(row.at(0).value_or(""));
        return names;
    }

    /// Everything but the table's own children, which is found out after the swap.
    void find_own() {
        for (const Row& row : room.database.rows("SELECT regexp_replace(c.oid::regclass::text, "
                                                 "'([\\\\.+*?(){}|^$\\[\\]])', '\\\\\\1', 'g') FROM pg_class c "
                                                 "WHERE relkind IN ('r', 'p') AND (EXISTS (SELECT FROM pg_inherits "
                                                 "WHERE inhrelid = c.oid AND inhparent = "
                                                 "to_regclass($1)) OR c.oid IN (SELECT oid FROM pg_class WHERE "
                                                 "relnamespace = (SELECT relnamespace FROM "
                                                 "pg_class WHERE oid = to_regclass($1)) AND relname ~ "
                                                 "'(_ids|_before|_past)(~[0-9a-f]+)?$' AND relkind = 'r'))",
                                                 {generated.table}))
            own.push_back(row.at(0).value_or(""));
        swapped.registry = scalar(
            "SELECT coalesce(max(oid::regclass::text), '') FROM pg_class WHERE relname ~ '_ids(_[0-9a-f]+)?$' AND "
            "relkind = 'r'");
    }

    [[nodiscard]] std::string catalog() const { return catalog_text(room.database.url(), own, swapped); }
    /// Leaves that lack the one unique index of their own, or have one that nobody asked for.
    [[nodiscard]] std::string odd_leaves() const {
        const std::string sql =
            "SELECT count(*) FROM pg_inherits leaf WHERE inhparent = to_regclass($1) AND (SELECT count(*) FROM "
            "pg_index "
            "WHERE indrelid = leaf.inhrelid AND indisunique AND NOT EXISTS (SELECT FROM pg_inherits part WHERE "
            "part.inhrelid = indexrelid)) <> $2::int";
        const std::string each = generated.unique_indexes == "leaf" ? "1" : "0";
        return room.database.rows(sql, {generated.table, each}).at(0).at(0).value_or("");
    }
    [[nodiscard]] std::string rows() const {
        std::string text =
            scalar("SELECT coalesce(md5(string_agg(md5(o::text), '' ORDER BY md5(o::text))), 'none') FROM " +
                   generated.table + " o");
        for (const std::string& view : generated.views)
            text += " " + scalar("SELECT count(*) FROM " + view);
        return text;
    }
    [[nodiscard]] std::string sequences() const {
        return scalar(
            "SELECT coalesce(string_agg(s::text, ' ' ORDER BY s::text), '') FROM pg_sequences s WHERE schemaname <> "
            "'tripmig'");
    }
};

void swap_and_back(std::uint64_t seed, bool is_copy) {
    const std::string which = "seed " + std::to_string(seed) + (is_copy ? " copy" : " attach");
    INFO(which);
    GeneratedCase test(seed, is_copy);
    const std::string dump = test.room.dump();
    const std::string catalog = test.catalog();
    const std::string rows = test.rows();
    const std::string sequences = test.sequences();
    std::vector<std::string> run{"run", "--key", test.generated.key, "--strategy", is_copy ? "copy" : "attach"};
    if (!test.generated.incoming.empty())
        run.insert(run.end(), {"--incoming-foreign-keys", test.generated.incoming});
    if (!test.generated.unique_indexes.empty())
        run.insert(run.end(), {"--unique-indexes", test.generated.unique_indexes});
    if (test.generated.incoming == "drop")
        for (const std::string& name : test.incoming_names())
            run.insert(run.end(), {"--drop-foreign-keys", name});
    const CommandResult swapped = test.swap(run);
    REQUIRE_MESSAGE(swapped.exit_code == 0, swapped.err);
    test.find_own();
    CHECK_MESSAGE(difference(catalog, test.catalog()).empty(), difference(catalog, test.catalog()));
    CHECK(test.odd_leaves() == "0");
    CHECK(test.rows() == rows);
    CHECK(test.sequences() == sequences);
    if (test.generated.is_empty)
        return;
    const CommandResult back = test.swap({"revert"});
    REQUIRE_MESSAGE(back.exit_code == 0, back.err);
    const std::string after = test.room.dump();
    CHECK_MESSAGE((after == dump), difference(dump, after));
    CHECK(test.rows() == rows);
    CHECK(test.sequences() == sequences);
}

}  // namespace

TEST_CASE("tables drawn from a seed come along with all that hangs on them, and back") {
    const int first = from_environment("TRIPMIG_TEST_SEED", 1);
    const int count = from_environment("TRIPMIG_TEST_COUNT", 4);
    for (int seed = first; seed < first + count; ++seed) {
        swap_and_back(static_cast<std::uint64_t>(seed), false);
        swap_and_back(static_cast<std::uint64_t>(seed), true);
    }
}
