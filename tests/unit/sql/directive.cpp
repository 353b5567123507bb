#include "sql/directive.hpp"

#include <doctest/doctest.h>

#include <string>

#include "expect_error.hpp"

using namespace tripmig;
using std::chrono::milliseconds;

namespace {

sql::Directives read(const std::string& text) {
    return sql::directives(sql::scan(text));
}

std::string failure(const std::string& text) {
    const Error error = test::error_of([&] { sql::directives(sql::scan(text, {"V1__x.sql"}), {"V1__x.sql"}); });
    CHECK(error.code() == ExitCode::usage);
    CHECK(error.position()->file == "V1__x.sql");
    CHECK_FALSE(error.position()->line_text.empty());
    return test::brief(error) + " / " + error.hint();
}

}  // namespace

TEST_CASE("nothing said is nothing set") {
    const sql::Directives none = read("-- a comment about tripmig: nothing\n-- tripmig does it\nselect 1; select 2;");
    CHECK_FALSE(none.file.transaction);
    CHECK_FALSE(none.file.lock_timeout);
    CHECK_FALSE(none.file.retry);
    CHECK_FALSE(none.file.allow_out_of_order);
    CHECK(none.file.required.empty());
    CHECK(none.statements.empty());
}

TEST_CASE("the file's settings stand above the first statement, one or several a comment") {
    const sql::FileDirectives file =
        read(
            "-- Adds things.\n-- tripmig: transaction=off lock_timeout=2s\n--tripmig:statement_timeout=10min\n"
            "  -- TripMig: retry=off\n-- tripmig: allow-out-of-order\n-- tripmig: requires=V3 "
            "requires=R__views\r\nselect 1;")
            .file;
    CHECK(file.transaction == false);
    CHECK(file.lock_timeout == milliseconds(2000));
    CHECK(file.statement_timeout == std::chrono::minutes(10));
    CHECK(file.retry == false);
    CHECK(file.allow_out_of_order);
    CHECK(file.required == std::vector<std::string>{"V3", "R__views"});
    CHECK(read("-- tripmig: transaction=on\nselect 1").file.transaction == true);
    CHECK(read("-- tripmig: transaction=off\n").file.transaction == false);
}

TEST_CASE("durations have units") {
    const auto timeout = [](const std::string& value) {
        return read("-- tripmig: lock_timeout=" + value + "\nselect 1").file.lock_timeout;
    };
    CHECK(timeout("500ms") == milliseconds(500));
    CHECK(timeout("2s") == std::chrono::seconds(2));
    CHECK(timeout("10min") == std::chrono::minutes(10));
    CHECK(timeout("1h") == std::chrono::hours(1));
    CHECK(timeout("1d") == std::chrono::hours(24));
    CHECK(timeout("0ms") == milliseconds(0));
    for (const char* bad : {"2", "s", "2 s", "-1s", "2m", "99999999999999999999s", ""})
        CHECK(failure("-- tripmig: lock_timeout=" + std::string(bad) + "\nselect 1")
                  .find("1:13 lock_timeout must be a duration") == 0);
}

TEST_CASE("a statement's settings stand directly above it") {
    sql::Directives all = read(
        "-- tripmig: transaction=off\n-- tripmig: statement lock_timeout=1s\nselect 1;\n"
        "-- tripmig: statement statement_timeout=1h retry=off\n"
        "-- tripmig: ignore=index-without-concurrently the table is new\n-- tripmig: ignore=RULE2   because  of this \n"
        "select 2;\n-- tripmig: batch by=id size=100 pause=50ms\nupdate t set a = 1;\n-- tripmig: swap "
        "Public.\"T\"\nselect 4;");
    REQUIRE(all.statements.size() == 3);
    CHECK_FALSE(all.statements.contains(3));
    CHECK(all.file.transaction == false);
    CHECK(all.statements[0].lock_timeout == milliseconds(1000));
    CHECK_FALSE(all.statements[1].lock_timeout);
    CHECK(all.statements[1].statement_timeout == std::chrono::hours(1));
    CHECK(all.statements[1].retry == false);
    REQUIRE(all.statements[1].ignored.size() == 2);
    CHECK(all.statements[1].ignored[0].rule == "index-without-concurrently");
    CHECK(all.statements[1].ignored[0].reason == "the table is new");
    CHECK(all.statements[1].ignored[0].line == 5);
    CHECK(all.statements[1].ignored[1].reason == "because  of this");
    REQUIRE(all.statements[2].batch);
    CHECK(all.statements[2].batch->by == "id");
    CHECK(all.statements[2].batch->size == 100);
    CHECK(all.statements[2].batch->pause == milliseconds(50));
    REQUIRE(all.file.swap);
    CHECK(all.file.swap->table == std::vector<std::string>{"public", "T"});
    CHECK(read("-- tripmig: batch by=\"Id\"\nselect 1").statements[0].batch->by == "Id");
    CHECK(read("-- tripmig: batch by=id\nselect 1").statements[0].batch->size == 5000);
}

TEST_CASE("what is not known is an error that names the nearest") {
    CHECK(failure("select 0;\n\n  -- tripmig: trasaction=off\nselect 1") ==
          "3:15 unknown directive \"trasaction\" / did you mean \"transaction\"?");
    CHECK(failure("-- tripmig: locktimeout=2s\nselect 1") ==
          "1:13 unknown directive \"locktimeout\" / did you mean \"lock_timeout\"?");
    CHECK(failure("-- tripmig: statment lock_timeout=2s\nselect 1") ==
          "1:13 unknown directive \"statment\" / did you mean \"statement\"?");
    CHECK(failure("-- tripmig: statement retyr=off\nselect 1") ==
          "1:23 unknown setting of a statement \"retyr\" / did you mean \"retry\"?");
    CHECK(failure("-- tripmig: batch by=id sise=3\nselect 1") ==
          "1:25 unknown setting of batch \"sise\" / did you mean \"size\"?");
    CHECK(failure("-- tripmig: xyzzyq\nselect 1").find("known here: transaction, lock_timeout") != std::string::npos);
}

TEST_CASE("bad values and repetitions are errors") {
    CHECK(failure("-- tripmig: transaction=no\nselect 1").find("1:13 transaction must be on or off") == 0);
    CHECK(failure("-- tripmig: transaction\nselect 1").find("1:13 transaction must be on or off") == 0);
    CHECK(failure("-- tripmig: retry=off\n-- tripmig: retry=off\nselect 1").find("2:13 retry is given twice") == 0);
    CHECK(failure("-- tripmig: requires=\nselect 1").find("1:13 requires needs a value") == 0);
    CHECK(failure("-- tripmig: allow-out-of-order=on\nselect 1").find("1:13 allow-out-of-order takes no value") == 0);
    CHECK(failure("-- tripmig:\nselect 1").find("1:4 the directive is empty") == 0);
    CHECK(failure("-- tripmig: statement\nselect 1").find("1:13 statement has no setting") == 0);
    CHECK(failure("-- tripmig: statement=1\nselect 1").find("1:13 statement takes no =") == 0);
    CHECK(failure("-- tripmig: ignore=R\nselect 1").find("1:13 ignore=R needs a reason") == 0);
    CHECK(failure("-- tripmig: ignore why\nselect 1").find("1:13 ignore needs a value") == 0);
    CHECK(failure("-- tripmig: batch size=5\nselect 1").find("1:13 batch needs a column") == 0);
    CHECK(failure("-- tripmig: batch by=a.b\nselect 1").find("1:13 batch needs a column") == 0);
    CHECK(failure("-- tripmig: batch by=id size=0\nselect 1").find("1:25 size must be") == 0);
    CHECK(failure("-- tripmig: batch by=id size=5k\nselect 1").find("1:25 size must be") == 0);
    CHECK(failure("-- tripmig: batch by=id pause=5\nselect 1").find("1:25 pause must be a duration") == 0);
    CHECK(failure("-- tripmig: swap\nselect 1").find("1:13 swap needs one table") == 0);
    CHECK(failure("-- tripmig: swap a b\nselect 1").find("1:13 swap needs one table") == 0);
    CHECK(failure("-- tripmig: swap a.b.c\nselect 1").find("1:13 swap needs one table") == 0);
}

TEST_CASE("a directive where it would do nothing is an error") {
    CHECK(failure("select 1;\n-- tripmig: transaction=off\nselect 2;")
              .find("2:13 transaction is a setting of the whole file") == 0);
    CHECK(failure("select 1\n-- tripmig: transaction=off\n+ 2;").find("2:13 a directive inside a statement") == 0);
    CHECK(failure("select 1; -- tripmig: statement retry=off\nselect 2;")
              .find("1:23 a directive on the same line as the end") == 0);
    CHECK(failure("select 1;\n-- tripmig: statement retry=off\n").find("2:13 no statement follows") == 0);
    CHECK(read("-- tripmig: swap t\n").file.swap->table == std::vector<std::string>{"t"});
    CHECK(failure("-- tripmig: batch by=id\n").find("1:13 no statement follows") == 0);
    CHECK(failure("select 1;\n-- tripmig: retry=off\n").find("2:13 retry is a setting of the whole file") == 0);
    CHECK(failure("/* tripmig: retry=off */ select 1;").find("1:1 a directive cannot be in a /* */ comment") == 0);
    CHECK(failure("copy t from stdin; -- tripmig: swap t\n1\n\\.\nselect 2")
              .find("1:32 a directive on the same line as the end") == 0);
    CHECK_NOTHROW(read("do $$\n-- tripmig: nonsense\n$$; select '-- tripmig: nonsense';"));
}

TEST_CASE("the place is right in a part of a file") {
    const sql::ScanOptions options{"x.sql", true, {500, 20, 1}};
    const Error error =
        test::error_of([&] { sql::directives(sql::scan("a;\n-- tripmig: x=1\nb;", options), options); });
    CHECK(test::brief(error) == "21:13 unknown directive \"x\"");
    CHECK(error.position()->line_text == "-- tripmig: x=1");
}

TEST_CASE("expect: one query each, of the file") {
    const sql::FileDirectives file = read(
                                         "-- tripmig: expect SELECT a = 1 FROM b WHERE c = 'x;y' ; -- why\n"
                                         "-- tripmig: expect WITH x AS (SELECT true) TABLE x\nselect 1;")
                                         .file;
    REQUIRE(file.expected.size() == 2);
    CHECK(file.expected[0].query == "SELECT a = 1 FROM b WHERE c = 'x;y'");
    CHECK(file.expected[1].query == "WITH x AS (SELECT true) TABLE x");
    CHECK(file.expected[1].position.line == 2);
}

TEST_CASE("expect: what is not one query is found before anything runs") {
    CHECK(failure("-- tripmig: expect\nselect 1").find("1:13 expect needs a query") == 0);
    CHECK(failure("-- tripmig: expect=true\nselect 1").find("1:13 expect takes no =") == 0);
    CHECK(failure("-- tripmig: expect SELECT true; DROP TABLE a\nselect 1").find("1:13 expect needs one query") == 0);
    CHECK(failure("-- tripmig: expect -- nothing\nselect 1").find("1:13 expect needs one query") == 0);
    CHECK(failure("-- tripmig: expect DELETE FROM a\nselect 1").find("1:13 expect needs a query that only reads") == 0);
    CHECK(failure("-- tripmig: expect SELECT (true\nselect 1").find("1:13 expect needs one query: ") == 0);
    CHECK(
        failure("select 1;\n-- tripmig: expect SELECT true\nselect 2").find("2:13 expect is a setting of the whole") ==
        0);
}
