#include "migrate/pieces.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "migrate/batch.hpp"
#include "migrate/batch_statement.hpp"
#include "migrate/plan.hpp"

using namespace tripmig;
using migrate::Piece;

namespace {

migrate::Migration migration(const std::string& content) {
    migrate::Migration made;
    made.version = migrate::Version::parse("1").value();
    made.description = "x";
    made.file = "V1__x.sql";
    made.path = "V1__x.sql";
    made.content = content;
    return made;
}

migrate::Script script(const std::string& content) {
    return migrate::load_script(migration(content), ".", {});
}

}  // namespace

TEST_CASE("a plain file is one transaction") {
    const auto plain = script("create table a (b int); create index on a (b); savepoint s; release s;");
    CHECK(plain.is_transactional);
    CHECK(plain.statements.size() == 4);
}

TEST_CASE("one BEGIN ... COMMIT around the file gives way to our own transaction") {
    const auto wrapped = script("BEGIN;\nselect 1;\nCOMMIT;");
    CHECK(wrapped.is_transactional);
    REQUIRE(wrapped.statements.size() == 1);
    CHECK(wrapped.statements[0].line == 2);
    const auto modes = script("begin isolation level serializable; select 1; end;");
    REQUIRE(modes.statements.size() == 2);
    CHECK(modes.statements[0].facts->transaction_modes == "isolation level serializable");
}

TEST_CASE("what can't be in a transaction makes the file run a statement at a time") {
    const auto mixed = script("select 1;\nCREATE INDEX CONCURRENTLY i ON a (b);\nselect 2;");
    CHECK_FALSE(mixed.is_transactional);
    CHECK(mixed.why_not.find("line 2") != std::string::npos);
    const auto pieces = migrate::pieces_of(mixed);
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[0].kind == Piece::Kind::transaction);
    CHECK(pieces[1].kind == Piece::Kind::concurrent_index);
    CHECK(pieces[2].ordinal == 3);
    CHECK(pieces[0].sha256 != pieces[2].sha256);
}

TEST_CASE("several transaction blocks in a file stay blocks") {
    const auto pieces =
        migrate::pieces_of(script("begin; select 1; select 2; commit; vacuum; begin; select 3; rollback;"));
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[0].kind == Piece::Kind::transaction);
    CHECK(pieces[0].last - pieces[0].first == 2);
    CHECK(pieces[1].kind == Piece::Kind::alone);
    CHECK(pieces[2].kind == Piece::Kind::as_written);
    CHECK(pieces[2].last - pieces[2].first == 3);
}

TEST_CASE("settings are pieces of their own, done again by a run that goes on") {
    const auto pieces = migrate::pieces_of(script("-- tripmig: transaction=off\nset work_mem = '64MB'; select 1;"));
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[0].kind == Piece::Kind::setting);
}

TEST_CASE("what can't be resumed is refused with its place") {
    for (const char* text :
         {"vacuum; begin; select 1;", "vacuum; commit;", "vacuum; begin; select 1; prepare transaction 'x';",
          "vacuum; begin; select 1; commit and chain;", "vacuum; begin; begin; commit;"}) {
        try {
            migrate::pieces_of(script(text));
            FAIL("accepted: " << text);
        } catch (const Error& error) {
            CHECK(error.code() == ExitCode::usage);
            CHECK(error.position().has_value());
        }
    }
}

TEST_CASE("a statement's own timeout is put back after it") {
    const auto with_directive = script("select 1;\n-- tripmig: statement lock_timeout=2s\nselect 2;");
    const Unit unit = migrate::plan_transaction(migration("select 1;"), with_directive, {"tripmig", 1, true, false});
    REQUIRE(unit.steps.size() >= 4);
    CHECK(unit.steps[1].sql.find("'lock_timeout', '2000', true") != std::string::npos);
    CHECK(unit.steps[2].sql == "select 2");
    CHECK(unit.steps[3].sql.find("current_setting('tripmig.lock_timeout')") != std::string::npos);
}

TEST_CASE("a batch is a piece of its own, and its statement one range of its column") {
    const auto batches =
        script("select 1;\n-- tripmig: batch by=id size=7\nupdate s.a as x set b = 1 where c or d;\nselect 2;");
    CHECK_FALSE(batches.is_transactional);
    CHECK(batches.why_not == "line 3: batches commit one by one");
    const auto pieces = migrate::pieces_of(batches);
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[1].kind == Piece::Kind::batch);

    const migrate::ScriptStatement& statement = batches.statements[1];
    const auto cut = migrate::batched(statement);
    const migrate::BatchKey key{"s.a", "id", "character varying(9)", 0};
    db::JournalProgress progress{"id", std::nullopt, "z", 0};
    CHECK(migrate::next_key_sql(cut, key, progress, 7) ==
          "SELECT batched.id::pg_catalog.text FROM s.a AS batched WHERE (batched.id <= 'z'::character varying(9)) "
          "ORDER BY "
          "batched.id OFFSET 6 LIMIT 1");
    progress.last = "";
    CHECK(migrate::batch_step(statement, cut, key, progress, "it's").sql ==
          "update s.a as x set b = 1 WHERE(c or d\n) AND (x.id > ''::character varying(9) AND x.id <= "
          "'it''s'::character varying(9))");
    CHECK_THROWS_AS(script("-- tripmig: batch by=id\nupdate a set id = 1;"), Error);
}

TEST_CASE("what \\; joins is one piece, and refused with what can't be in a transaction") {
    const auto pieces = migrate::pieces_of(script("-- tripmig: transaction=off\nselect 1\\; select 2; select 3;"));
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[0].last == 2);
    CHECK_THROWS_AS(migrate::pieces_of(script("select 1\\; vacuum;")), Error);
    CHECK_THROWS_AS(migrate::pieces_of(script("-- tripmig: transaction=off\nselect 1\\; commit\\; select 2;")), Error);
}

TEST_CASE("a CALL or DO that may commit is a piece outside of a transaction where the file is without one") {
    const auto kinds = [](const std::string& content) {
        std::vector<Piece::Kind> found;
        for (const Piece& piece : migrate::pieces_of(script(content)))
            found.push_back(piece.kind);
        return found;
    };
    using Kinds = std::vector<Piece::Kind>;
    CHECK(kinds("-- tripmig: transaction=off\ncall p();\ndo $$ begin COMMIT; end $$;\ndo $$ begin null; end $$;") ==
          Kinds{Piece::Kind::committing, Piece::Kind::committing, Piece::Kind::transaction});
    CHECK(kinds("vacuum a;\ncall p();") == Kinds{Piece::Kind::alone, Piece::Kind::transaction});
    const auto retried = [](const std::string& directive) {
        const auto made = script("-- tripmig: transaction=off\n" + directive + "call p();");
        const migrate::Piece piece = migrate::pieces_of(made).at(0);
        return migrate::plan_piece(migration(""), made, piece, {"tripmig"}).steps.at(0).retry == Retry::unit;
    };
    CHECK_FALSE(retried(""));
    CHECK(retried("-- tripmig: statement repeat=yes\n"));
    CHECK_THROWS_AS(script("-- tripmig: transaction=off\n-- tripmig: statement repeat=yes\nselect 1;"), Error);
    CHECK_THROWS_AS(script("-- tripmig: statement repeat=yes\ncall p();"), Error);
}

TEST_CASE("what BEGIN and SET TRANSACTION at the head ask for is said by our own BEGIN") {
    const auto unit = [](const std::string& content) {
        return migrate::plan_transaction(migration(content), script(content), {"tripmig"});
    };
    const auto wrapped =
        unit("begin isolation level serializable;\nset transaction not deferrable;\nselect 1;\ncommit;");
    CHECK(wrapped.transaction_modes == "isolation level serializable, not deferrable");
    CHECK(wrapped.steps.at(0).sql == "select 1");
    CHECK(unit("set transaction isolation level repeatable read; select 1;").transaction_modes ==
          "isolation level repeatable read");
    CHECK(unit("select 1; set transaction isolation level serializable;").transaction_modes.empty());
    CHECK_THROWS_AS(script("begin read only; select 1; commit;"), Error);
    CHECK_THROWS_AS(migrate::pieces_of(script("vacuum; begin read only; select 1; commit;")), Error);
    CHECK_NOTHROW(migrate::pieces_of(script("vacuum; begin read only; select 1; rollback;")));
}

TEST_CASE("statements of one kind share what is known of them, taken by turns too") {
    const auto data =
        script("insert into a values (1); insert into b values (1); insert into a values (2); delete from a;");
    REQUIRE(data.statements.size() == 4);
    CHECK(&*data.statements[0].facts == &*data.statements[2].facts);
    CHECK(&*data.statements[0].facts != &*data.statements[1].facts);
    CHECK(data.statements[1].facts->target == sql::NameParts{"b"});
    CHECK(data.statements[3].facts->kind == "delete");
}
