#include "migrate/scripts.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "migrations_folder.hpp"

using namespace tripmig;

namespace {

const std::map<std::string, std::string> no_values;

std::string first_text(const migrate::Script& script) {
    return std::string(script.statements.at(0).sql);
}

}  // namespace

TEST_CASE("what is kept is taken apart once, and is one script for all who look at it") {
    const MigrationsFolder folder({{"V1__a.sql", "select 1;"}, {"V2__b.sql", "select 2;"}});
    const auto directory = folder.read();
    migrate::Scripts& scripts = *directory.scripts;
    const auto kept = scripts.keep(directory.versioned[0]);
    CHECK(scripts.keep(directory.versioned[0]) == kept);
    CHECK(first_text(*scripts.keep(directory.versioned[1])) == "select 2");
    CHECK(first_text(scripts.take(directory.versioned[0])) == "select 1");
    CHECK(first_text(*kept) == "select 1");  // whoever looks at it still may
    CHECK(scripts.keep(directory.versioned[0]) != kept);
}

TEST_CASE("the way up and the way down of one file are two scripts") {
    const MigrationsFolder folder({{"1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;\n"}});
    const auto directory = folder.read();
    CHECK(first_text(*directory.scripts->keep(directory.versioned[0])) == "select 1");
    CHECK(first_text(*directory.scripts->keep(directory.undo[0])) == "select 2");
    CHECK(first_text(directory.scripts->take(directory.versioned[0])) == "select 1");
}

TEST_CASE("beyond the limit a file is read again, unless it is to be kept whatever its size") {
    const MigrationsFolder folder({{"V1__a.sql", "select 1;"}, {"V2__b.sql", "select 2;"}, {"V3__c.sql", "select 3;"}});
    const auto directory = folder.read();
    const std::size_t room_for_one = sizeof(migrate::ScriptStatement) + 20;
    migrate::Scripts scripts(directory.path, no_values, room_for_one);
    const auto first = scripts.keep(directory.versioned[0]);
    const auto second = scripts.keep(directory.versioned[1]);
    CHECK(scripts.keep(directory.versioned[0]) == first);
    CHECK(scripts.keep(directory.versioned[1]) != second);
    const auto third = scripts.keep(directory.versioned[2], true);
    CHECK(scripts.keep(directory.versioned[2]) == third);
    scripts.take(directory.versioned[0]);
    scripts.take(directory.versioned[2]);
    const auto after = scripts.keep(directory.versioned[1]);  // there is room again
    CHECK(scripts.keep(directory.versioned[1]) == after);
}

TEST_CASE("a file that was changed after it was kept is refused, whatever was kept") {
    const MigrationsFolder folder({{"V1__a.sql", "select 1;\n\\i b.sql\n"}, {"b.sql", "select 2;"}});
    const auto directory = folder.read();
    migrate::Scripts& scripts = *directory.scripts;
    scripts.keep(directory.versioned[0]);
    std::ofstream(directory.path / "b.sql", std::ios::binary) << "select 3;";
    CHECK_THROWS_WITH_AS(scripts.keep(directory.versioned[0]),
                         "V1__a.sql was changed while this command was running; it was not run", Error);
    CHECK_THROWS_AS(scripts.take(directory.versioned[0]), Error);
}

TEST_CASE("the hash of a script's tokens is that of its file, which is not read for it") {
    const auto hash = [](const std::string& content) {
        const MigrationsFolder folder({{"V1__a.sql", content}, {"b.sql", "select 2;\r\n"}});
        const auto directory = folder.read();
        const migrate::Migration& migration = directory.versioned.at(0);
        std::string of_file = migrate::token_hash(migration);
        const auto script = directory.scripts->keep(migration);
        CHECK(script->sha256_tokens == of_file);
        CHECK_FALSE(script->is_filled_in);
        std::filesystem::remove(migration.path);
        CHECK(migrate::recorded_hashes(migration, *script).sha256_tokens == of_file);
        CHECK(migrate::recorded_hashes(migration, *script).sha256 == migration.sha256);
        return of_file;
    };
    const std::string plain = hash("select 1; Select 'a'\n'b'");
    CHECK(hash("-- a comment\nSELECT  1;\r\nselect 'a'\n  'b';\n") == plain);
    CHECK(hash("select 1; select 'ab'") != plain);
    hash("begin;\nselect 1 \\; select 2;\ncommit;");
    hash("\\i b.sql\nselect 1;\n\\ir b.sql\n");
    hash("create table t (a int);\ncopy t from stdin;\n1\n2\n\\.\nselect 3;");
    hash("");
}

TEST_CASE("where values are filled in, the hash that is recorded is of the file, or of a repeatable's own text") {
    const MigrationsFolder folder({{"V1__a.sql", "select '${x}';"}, {"R__b.sql", "select '${x}';"}});
    const auto read = [&](const std::string& value) {
        migrate::ReadOptions options;
        options.placeholders = {{"x", value}};
        return migrate::read_directory(folder.read().path, options);
    };
    const auto one = read("1");
    const auto other = read("2");
    const auto recorded = [](const migrate::Directory& directory, const migrate::Migration& migration) {
        return migrate::recorded_hashes(migration, *directory.scripts->keep(migration)).sha256_tokens;
    };
    CHECK(one.scripts->keep(one.versioned[0])->is_filled_in);
    CHECK(recorded(one, one.versioned[0]) == migrate::token_hash(one.versioned[0]));
    CHECK(recorded(one, one.versioned[0]) == recorded(other, other.versioned[0]));
    CHECK(recorded(one, one.repeatable[0]) != recorded(other, other.repeatable[0]));
}

TEST_CASE("so it is with goose's environment variables") {
    const MigrationsFolder folder({{"00001_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\nselect '${NAME}';\n"}});
    const auto directory = folder.read("goose", {{"NAME", "x"}});
    const migrate::Migration& migration = directory.versioned.at(0);
    const auto script = directory.scripts->keep(migration);
    CHECK(first_text(*script) == "select 'x'");
    CHECK(script->is_filled_in);
    CHECK(migrate::recorded_hashes(migration, *script).sha256_tokens == migrate::token_hash(migration));
    CHECK(script->sha256_tokens != migrate::token_hash(migration));
}
