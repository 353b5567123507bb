#include "migrate/pieces.hpp"
#include "migrations_folder.hpp"

TEST_CASE("golang-migrate: .up.sql and .down.sql by number") {
    const MigrationsFolder folder({{"10_c.up.sql", "select 10"},
                                   {"9_b.up.sql", "select 9"},
                                   {"000001_add_users.up.sql", "select 1"},
                                   {"000001_add_users.down.sql", "select -1"},
                                   {"9_b.down.sql", "select -9"},
                                   {"atlas.sum", "x"}});
    const auto directory = folder.read();
    CHECK(versions(directory.versioned) == std::vector<std::string>{"1", "9", "10"});
    CHECK(versions(directory.undo) == std::vector<std::string>{"1", "9"});
    CHECK(directory.versioned.at(0).description == "add users");
    CHECK(directory.undo.at(0).file == "000001_add_users.down.sql");
    CHECK(texts(folder.script(directory.undo.at(0))) == std::vector<std::string>{"select -1"});
    CHECK(directory.repeatable.empty());
}

TEST_CASE("golang-migrate: several statements are one transaction; CONCURRENTLY goes a statement at a time") {
    const MigrationsFolder folder({{"1_a.up.sql", "create table a (b int); insert into a values (1);"},
                                   {"2_b.up.sql", "create index concurrently on a (b);"}});
    const auto directory = folder.read();
    CHECK(folder.script(directory.versioned.at(0)).is_transactional);
    CHECK_FALSE(folder.script(directory.versioned.at(1)).is_transactional);
}

TEST_CASE("golang-migrate: two files with one number are named both") {
    const auto error = MigrationsFolder({{"1_a.up.sql", ""}, {"01_b.up.sql", ""}}).error();
    CHECK_MESSAGE(has(error.message(), "01_b.up.sql and 1_a.up.sql"), error.message());
}

TEST_CASE("golang-migrate: COMMIT without BEGIN ends the server's transaction for the file, what follows is another") {
    const MigrationsFolder folder(
        {{"1_a.up.sql", "set x.y = 1; create table a (); begin; select 2; commit; select 3; select 4; end;"},
         {"2_b.up.sql", "create table b (); commit;"},
         {"3_c.up.sql", "begin; create table c ();"},
         {"4_d.up.sql", "select 1; rollback; select 2;"}});
    const auto directory = folder.read();
    const auto script = folder.script(directory.versioned[0]);
    CHECK_FALSE(script.is_transactional);
    CHECK(script.why_not == "line 1: commit");
    CHECK(script.settled.size() == 3);
    CHECK(tripmig::migrate::pieces_of(script).size() == 3);  // the setting, what is before the COMMIT, what is behind
    const auto alone = folder.script(directory.versioned[1]);
    CHECK(alone.is_transactional);
    CHECK(texts(alone) == std::vector<std::string>{"create table b ()"});
    for (const std::size_t number : {2U, 3U})
        CHECK_THROWS_AS(tripmig::migrate::pieces_of(folder.script(directory.versioned[number])), tripmig::Error);
}
