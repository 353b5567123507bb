#include "migrate/pieces.hpp"
#include "migrations_folder.hpp"

using tripmig::migrate::Piece;

namespace {

constexpr const char* with_function = R"(-- +goose Up
create table a (b int);
-- +goose StatementBegin
create function f() returns void as $$
begin
  insert into a values (1);
end;
$$ language plpgsql;
-- +goose StatementEnd
-- +goose StatementBegin
select f()
-- +goose StatementEnd
-- +goose Down
drop function f();
drop table a;
)";

}  // namespace

TEST_CASE("goose: the number before the first _, both directions from one file, positions of the whole file") {
    const MigrationsFolder folder({{"00002_b_c.sql", with_function}, {"00010_d.sql", "-- +goose Up\nselect 1;"}});
    const auto directory = folder.read();
    CHECK(versions(directory.versioned) == std::vector<std::string>{"2", "10"});
    CHECK(versions(directory.undo) == std::vector<std::string>{"2"});
    CHECK(directory.versioned.at(0).description == "b c");
    const auto up = folder.script(directory.versioned.at(0));
    REQUIRE(up.statements.size() == 3);
    CHECK(up.statements.at(1).line == 4);
    CHECK(texts(up).at(2) == "select f()");
    CHECK(up.statements.at(2).line == 11);
    const auto down = folder.script(directory.undo.at(0));
    CHECK(texts(down) == std::vector<std::string>{"drop function f()", "drop table a"});
    CHECK(down.statements.at(0).line == 14);
}

TEST_CASE("goose: annotations in any case; NO TRANSACTION counts for both directions wherever it stands") {
    const MigrationsFolder folder(
        {{"1_a.sql", "-- +GOOSE up\nselect 1;\n-- +goose no transaction\n-- +goose down\nselect 2;"}});
    const auto directory = folder.read();
    CHECK_FALSE(folder.script(directory.versioned.at(0)).is_transactional);
    CHECK_FALSE(folder.script(directory.undo.at(0)).is_transactional);
}

TEST_CASE("goose: what a block holds succeeds or fails together where there is no transaction around it") {
    const MigrationsFolder folder(
        {{"1_a.sql",
          "-- +goose NO TRANSACTION\n-- +goose Up\n"
          "-- +goose StatementBegin\nselect 1; select 2;\n-- +goose StatementEnd\n"
          "select 3;\n"
          "-- +goose StatementBegin\ncreate index concurrently on a (b);\n-- +goose StatementEnd\n"
          "-- +goose StatementBegin\nbegin; select 4; commit;\n-- +goose StatementEnd\n"}});
    const auto script = folder.script(folder.read().versioned.at(0));
    const auto pieces = tripmig::migrate::pieces_of(script);
    REQUIRE(pieces.size() == 4);
    CHECK(pieces[0].kind == Piece::Kind::transaction);
    CHECK(pieces[0].last - pieces[0].first == 2);
    CHECK(pieces[1].last - pieces[1].first == 1);
    CHECK(pieces[2].kind == Piece::Kind::concurrent_index);
    CHECK(pieces[3].kind == Piece::Kind::transaction);
    CHECK(script.statements.at(pieces[3].first).sql == "select 4");
}

TEST_CASE("goose: ENVSUB puts environment variables in, between ON and OFF, and never into annotations") {
    const MigrationsFolder folder({{"1_a.sql",
                                    "-- +goose ENVSUB ON\n-- +goose Up\n"
                                    "create table ${PREFIX}a (b int);\n"
                                    "-- costs $ ${\n"
                                    "-- +goose StatementBegin\n"
                                    "do $$ begin perform '$NAME';\n"
                                    "-- +goose ENVSUB OFF\n"
                                    "perform '$NAME'; end $$;\n"
                                    "-- +goose StatementEnd\n"
                                    "-- +goose Down\n"
                                    "drop table ${PREFIX}a;\n"}});
    const auto directory = folder.read("auto", {{"PREFIX", "x_"}, {"NAME", "n"}});
    const auto up = folder.script(directory.versioned.at(0));
    CHECK(texts(up) ==
          std::vector<std::string>{"create table x_a (b int)", "do $$ begin perform 'n';\n\nperform '$NAME'; end $$"});
    CHECK(up.statements.at(1).line == 6);
    CHECK(texts(folder.script(directory.undo.at(0))) == std::vector<std::string>{"drop table ${PREFIX}a"});
    // The hash is of what is written, not of what this environment makes of it.
    CHECK(tripmig::migrate::token_hash(directory.versioned.at(0)) ==
          tripmig::migrate::token_hash(folder.read("auto", {{"PREFIX", "y_"}}).versioned.at(0)));
}

TEST_CASE("goose: a required variable that is not set is an error at its line, when the file runs") {
    const MigrationsFolder folder({{"1_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\nselect '${A?say which}';\n"}});
    CHECK(folder.read().versioned.size() == 1);
    const auto error = folder.error();
    CHECK_MESSAGE(has(error.message(), "$A: say which"), error.message());
    CHECK(error.position().value().line == 3);
}

TEST_CASE("goose: annotations that don't pair are errors at their lines") {
    const auto fails = [](const std::string& content, std::size_t line, const std::string& message) {
        const auto error = MigrationsFolder({{"1_a.sql", content}}).error();
        CHECK_MESSAGE(has(error.message() + "|" + error.hint(), message), error.message());
        CHECK(error.position().value().line == line);
    };
    fails("-- +goose Down\nselect 1;", 1, "before `-- +goose Up`");
    fails("-- +goose Up\n-- +goose Up", 2, "a second `-- +goose Up`");
    fails("-- +goose Up\n-- +goose Down\n-- +goose Down", 3, "a second `-- +goose Down`");
    fails("-- +goose Up\n-- +goose StatementBegin\nselect 1;", 2, "without its StatementEnd");
    fails("-- +goose Up\nselect 1;\n-- +goose StatementEnd", 3, "without its StatementBegin");
    fails("-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementBegin", 3, "inside a statement");
    fails("-- +goose Up\n-- +goose StatementBegin\nselect 1;\n-- +goose Down", 4, "inside a statement");
    fails("-- +goose StatementBegin\n-- +goose Up", 1, "before `-- +goose Up`");
    fails("-- +goose Up\n-- +goose StatmentBegin", 2, "did you mean `-- +goose StatementBegin`?");
    fails(" -- +goose Up\nselect 1;", 1, "beginning of a line");
    fails("select 1;\n-- +goose Up", 1, "SQL before `-- +goose Up`");
    fails("-- +goose", 1, "not a goose annotation");
}

TEST_CASE("goose: Go migrations are named; Go files beside are not") {
    const MigrationsFolder folder({{"00001_a.sql", "-- +goose Up"}, {"00002_b.go", "package m"}});
    CHECK(has(folder.error().message(), "00002_b.go is a Go migration"));
    CHECK(MigrationsFolder({{"1_a.sql", "-- +goose Up"}, {"embed.go", ""}, {"1_a_test.go", ""}})
              .read()
              .versioned.size() == 1);
    CHECK(has(MigrationsFolder({{"1_a.sql", "-- +goose Up"}, {"b.sql", "-- +goose Up"}}).error().message(), "b.sql"));
}

TEST_CASE("goose: BEGIN and COMMIT within its own transaction, and without one") {
    const auto pieces_of = [](const std::string& text) {
        const MigrationsFolder folder({{"1_a.sql", text}});
        const auto script = folder.script(folder.read().versioned.at(0));
        std::vector<std::string> found;
        for (const Piece& piece : tripmig::migrate::pieces_of(script)) {
            std::string all;
            for (std::size_t i = piece.first; i < piece.last; ++i)
                all += (all.empty() ? "" : "+") + std::string(script.statements[i].sql.substr(7));
            found.push_back(all);
        }
        return std::make_pair(script.is_transactional, found);
    };
    using Texts = std::vector<std::string>;
    const std::string up = "-- +goose Up\n";
    CHECK(pieces_of(up + "select 1; begin; select 2; commit; select 3; select 4; commit; begin; select 5;") ==
          std::make_pair(false, Texts{"1+2", "3", "4", "5"}));
    CHECK(pieces_of(up + "select 1; commit; begin; select 2; select 3; commit; select 4;") ==
          std::make_pair(false, Texts{"1", "2+3", "4"}));
    CHECK(pieces_of(up + "begin; select 1; select 2;").first);
    CHECK(pieces_of(up + "select 1; commit;").first);
    CHECK(pieces_of("-- +goose NO TRANSACTION\n" + up + "select 1; commit; select 2;") ==
          std::make_pair(false, Texts{"1", "2"}));
    CHECK_THROWS_AS(pieces_of("-- +goose NO TRANSACTION\n" + up + "begin; select 1;"), tripmig::Error);
    CHECK_THROWS_AS(pieces_of(up + "select 1; rollback; select 2;"), tripmig::Error);
}
