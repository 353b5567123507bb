#include "migrations_folder.hpp"

#include "base/checksum.hpp"

TEST_CASE("dbmate: one file is the way up and the way down, each at its own lines") {
    const MigrationsFolder folder(
        {{"20240131_add_users.sql",
          "-- why\n\n-- migrate:up\ncreate table a (b int);\n\n-- migrate:down\n  drop table a;\n"}});
    const auto directory = folder.read();
    const auto up = folder.script(directory.versioned.at(0));
    const auto down = folder.script(directory.undo.at(0));
    CHECK(directory.versioned.at(0).description == "add users");
    CHECK(texts(up) == std::vector<std::string>{"create table a (b int)"});
    CHECK(up.statements.at(0).line == 4);
    CHECK(texts(down) == std::vector<std::string>{"drop table a"});
    CHECK(down.statements.at(0).line == 7);
    CHECK(down.statements.at(0).column == 3);
    CHECK(down.statements.at(0).line_head == "  ");
    CHECK(up.is_transactional);
}

TEST_CASE("dbmate: what can't be split is shown at its place in the whole file") {
    const auto error =
        MigrationsFolder({{"1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 'open"}}).error();
    CHECK(error.position().value().line == 4);
    CHECK(error.position().value().column == 8);
    CHECK(error.position().value().line_text == "select 'open");
}

TEST_CASE("dbmate: transaction:false counts for its own direction") {
    const MigrationsFolder folder(
        {{"1_a.sql",
          "--migrate:up transaction:false\r\nselect 1;\r\n--migrate:down transaction:true\r\nselect 2;\r\n"}});
    const auto directory = folder.read();
    const auto up = folder.script(directory.versioned.at(0));
    CHECK_FALSE(up.is_transactional);
    CHECK(has(up.why_not, "migrate:up transaction:false"));
    CHECK(folder.script(directory.undo.at(0)).is_transactional);
}

TEST_CASE("dbmate: directives above the first statement of a direction are read") {
    const MigrationsFolder folder({{"1_a.sql", "-- tripmig: lock_timeout=2s\n-- migrate:up\nselect 1;\n"}});
    CHECK(folder.script(folder.read().versioned.at(0)).directives.lock_timeout.value() == std::chrono::seconds(2));
}

TEST_CASE("dbmate: the hash of the way up does not change with the way down") {
    const auto hash = [](const std::string& content) {
        const MigrationsFolder folder({{"1_a.sql", content}});
        return tripmig::migrate::token_hash(folder.read().versioned.at(0));
    };
    CHECK(hash("-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;") ==
          hash("-- migrate:up\n select 1; -- x\n-- migrate:down\nselect 3;"));
    CHECK(hash("-- migrate:up\nselect 1;") != hash("-- migrate:up\nselect 2;"));
}

TEST_CASE("dbmate: marks that don't pair are errors at their lines") {
    const auto fails = [](const std::string& content, std::size_t line, const std::string& message) {
        const auto error = MigrationsFolder({{"1_a.sql", content}}).error();
        CHECK_MESSAGE(has(error.message() + "|" + error.hint(), message), error.message());
        CHECK(error.position().value().line == line);
    };
    fails("-- migrate:down\nselect 1;", 1, "before `-- migrate:up`");
    fails("-- migrate:up\nselect 1;\n-- migrate:up\nselect 2;", 3, "a second `-- migrate:up`");
    fails("-- migrate:up\n-- migrate:down\n-- migrate:down", 3, "a second");
    fails("-- migrate:up\nselect 1;\n-- migrate:dwon\nselect 2;", 3, "did you mean `-- migrate:down`?");
    fails("-- migrate:up transaction:off\nselect 1;", 1, "option transaction:off");
    fails("-- migrate:up\nselect 1;\n  -- migrate:down\nselect 2;", 3, "beginning of a line");
    fails("select 0;\n-- migrate:up\nselect 1;", 1, "SQL before `-- migrate:up`");
}

TEST_CASE("dbmate: a mark misspelt is an error, a comment that begins alike is a comment") {
    for (const char* mark :
         {"-- migrate: down", "-- Migrate:down", "-- migrate:Down", "-- migrate:donw transaction:false"})
        CHECK_MESSAGE(
            has(MigrationsFolder({{"1_a.sql", std::string("-- migrate:up\nselect 1;\n") + mark + "\nselect 2;"}})
                    .error()
                    .hint(),
                "did you mean `-- migrate:down`?"),
            std::string(mark));
    const MigrationsFolder folder({{"1_a.sql", "-- migrate:up\n-- migrate: the old rows\nselect 1;\n-- migrate:d\n"}});
    CHECK(texts(folder.script(folder.read().versioned.at(0))) == std::vector<std::string>{"select 1"});
    CHECK(MigrationsFolder({{"1_a.up.sql", "-- Migrate: all rows\nselect 1;"}}).read().dialect ==
          tripmig::migrate::Dialect::golang_migrate);
}

TEST_CASE("dbmate: where names as text sort otherwise than numbers, nobody's order is guessed") {
    const auto error = MigrationsFolder({{"9_a.sql", "-- migrate:up"}, {"10_b.sql", "-- migrate:up"}}).error();
    CHECK_MESSAGE(has(error.message(), "9_a.sql comes before 10_b.sql"), error.message());
    CHECK(MigrationsFolder({{"09_a.sql", "-- migrate:up"}, {"10_b.sql", "-- migrate:up"}}).read().versioned.size() ==
          2);
}
