#include "lint/linter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "migrate/migration_file.hpp"
#include "migrations_folder.hpp"

using namespace tripmig;
using lint::Level;

namespace {

/// "2 create-index, 5 opaque?": the line and the rule of each finding that counts; ? a warning, ?? a note.
std::string brief(const lint::LintedFile& file) {
    std::string text;
    const auto add = [&](const lint::LintFinding& finding) {
        if (finding.ignored.empty())
            text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", finding.position.line, finding.rule->name,
                                finding.level == Level::error     ? ""
                                : finding.level == Level::warning ? "?"
                                                                  : "??");
    };
    for (const auto& finding : file.findings)
        add(finding);
    for (const auto& statement : file.statements)
        for (const auto& finding : statement.findings)
            add(finding);
    return text;
}

/// What lint says of the last file, when the others came before it.
lint::LintedFile lint_last(std::initializer_list<NewFile> files) {
    const MigrationsFolder folder(files);
    const migrate::Directory directory = folder.read();
    lint::Linter linter;
    lint::LintedFile last;
    for (const auto& migration : directory.versioned)
        last = linter.lint(folder.script(migration), migration.file, migration.kind);
    for (const auto& migration : directory.undo)
        last = linter.lint(folder.script(migration), migration.file, migration.kind);
    return last;
}

const std::string tables =
    "create table parent (id int primary key);"
    "create table t (id int primary key, a int, b int not null, c varchar(10), n numeric(5,2), p int, chk int check "
    "(chk > 0), parent_id int references parent);"
    "create type mood as enum ('sad'); create domain positive as int check (value > 0); create table d (p positive);"
    "create index t_a on t (a); create unique index t_b on t (b); create unique index t_a_key on t (a);"
    "create view v as select 1; create materialized view mv as select 1;"
    "create table pt (k int not null) partition by range (k); create table pt1 partition of pt for values from (0) to "
    "(9); create table free (k int not null);"
    "alter table t add constraint p_there check (p is not null) not valid; alter table t validate constraint p_there;"
    "create function fixed() returns int language plpgsql stable as 'begin return 1; end';"
    "create function loose() returns int language plpgsql as 'begin return 1; end';";

std::string lint_of(const std::string& sql) {
    return brief(lint_last({{"V1__tables.sql", tables}, {"V2__next.sql", sql}}));
}

}  // namespace

TEST_CASE("columns") {
    CHECK(lint_of("alter table t add x int") == "");
    CHECK(lint_of("alter table t add x timestamptz not null default now(), add y int default (1 + 2)") == "");
    CHECK(lint_of("alter table t add x int default fixed()") == "");
    CHECK(lint_of("alter table t add x int default loose()") == "1 volatile-default");
    CHECK(lint_of("alter table t add x uuid default gen_random_uuid()") == "1 volatile-default");
    CHECK(lint_of("alter table t add x int default somebodys()") == "1 volatile-default?");
    CHECK(lint_of("alter table t\n add column x serial") == "2 add-identity-column");
    CHECK(lint_of("alter table t add x int generated always as identity") == "1 add-identity-column");
    CHECK(lint_of("alter table t add x int generated always as (a) stored") == "1 add-generated-column");
    CHECK(lint_of("alter table t add x positive") == "1 table-rewrite");
    CHECK(lint_of("alter table t add x int not null") == "1 add-required-column");
    CHECK(lint_of("alter table t add x int check (x > 0)") == "1 add-check");
    CHECK(lint_of("alter table t add x int unique") == "1 add-unique");
    CHECK(lint_of("alter table t add x int references parent") == "");
    CHECK(lint_of("alter table t add x int default 1 references parent") == "1 add-foreign-key");
    CHECK(lint_of("alter table t add x json") == "1 json-column??");
    CHECK(lint_of("create table x (id int, doc json)") == "1 json-column??");
    CHECK(lint_of("alter table t drop column a") == "1 drop-column?");
    CHECK(lint_of("alter table t drop column a cascade") == "1 drop-column?, 1 drop-cascade?");
    CHECK(lint_of("alter table t rename a to aa") == "1 rename-column");
    CHECK(lint_of("alter table t alter a set default 1, alter b drop not null") == "");
}

TEST_CASE("types") {
    CHECK(lint_of("alter table t alter a type bigint") == "1 alter-column-type");
    CHECK(lint_of("alter table t alter c type varchar(20)") == "");
    CHECK(lint_of("alter table t alter c type text") == "");
    CHECK(lint_of("alter table t alter c type varchar(5)") == "1 alter-column-type");
    CHECK(lint_of("alter table t alter n type numeric(8,2)") == "");
    CHECK(lint_of("alter table t alter n type numeric(8,3)") == "1 alter-column-type");
    CHECK(lint_of("alter table t alter chk type oid") == "1 check-rescan?");
    CHECK(lint_of("alter table elsewhere alter a type bigint") == "1 alter-column-type?");
    CHECK(lint_of("alter domain positive add check (value < 9)") == "1 domain-constraint");
    CHECK(lint_of("alter domain positive add check (value < 9) not valid") == "");
}

TEST_CASE("constraints") {
    CHECK(lint_of("alter table t add check (a > 0)") == "1 add-check");
    CHECK(lint_of("alter table t add constraint x check (a > 0) not valid") == "");
    CHECK(lint_of("alter table t add foreign key (a) references parent") == "1 add-foreign-key");
    CHECK(lint_of("alter table t add foreign key (a) references parent on delete set null not valid") == "");
    CHECK(lint_of("alter table t add unique (a)") == "1 add-unique");
    CHECK(lint_of("alter table t add constraint x unique using index t_b") == "");
    CHECK(lint_of("alter table t add constraint x primary key using index t_b") == "");
    CHECK(lint_of("alter table t add constraint x primary key using index t_a_key") == "1 set-not-null");
    CHECK(lint_of("alter table t add exclude using gist (a with =)") == "1 add-exclusion");
    CHECK(lint_of("alter table t alter a set not null") == "1 set-not-null");
    CHECK(lint_of("alter table t alter b set not null") == "");
    CHECK(lint_of("alter table t alter p set not null") == "");
    CHECK(lint_of("alter table t add constraint x check (a > 0) not valid;\nalter table t validate constraint x") ==
          "2 validate-same-transaction, 2 lock-held?");
    CHECK(lint_of("alter table t validate constraint other") == "");
}

TEST_CASE("a CHECK proves NOT NULL only when it is valid, and proves it by itself") {
    const auto lint_with = [](const std::string& check) {
        return brief(lint_last({{"V1__a.sql", "create table t (a int, b int)"},
                                {"V2__b.sql", "alter table t add constraint c check (" + check},
                                {"V3__c.sql", "alter table t alter a set not null"}}));
    };
    CHECK(lint_with("a is not null)") == "");
    CHECK(lint_with("b > 0 and a is not null)") == "");
    CHECK(lint_with("a is not null or b > 0)") == "1 set-not-null");
    CHECK(lint_with("a is not null) not valid") == "1 set-not-null");
    CHECK(lint_with("b is not null)") == "1 set-not-null");
}

TEST_CASE("indexes") {
    CHECK(lint_of("create index on t (a)") == "1 create-index");
    CHECK(lint_of("create index concurrently x on t (a)") == "");
    CHECK(lint_of("create index x on only pt (k)") == "");
    CHECK(lint_of("create index x on pt (k)") == "1 create-index");
    CHECK(lint_of("drop index t_a") == "1 drop-index?");
    CHECK(lint_of("drop index concurrently t_a") == "");
    CHECK(lint_of("reindex table t") == "1 reindex");
    CHECK(lint_of("reindex (concurrently) table t") == "");
    CHECK(lint_of("refresh materialized view mv") == "1 refresh-materialized-view?");
    CHECK(lint_of("refresh materialized view concurrently mv") == "");
    CHECK(lint_of("cluster t using t_a") == "1 cluster");
    CHECK(lint_of("vacuum (full) t") == "1 vacuum-full");
    CHECK(lint_of("vacuum t") == "");
}

TEST_CASE("tables") {
    CHECK(lint_of("drop table t") == "1 drop-table?");
    CHECK(lint_of("drop table t cascade") == "1 drop-table?, 1 drop-cascade?");
    CHECK(lint_of("drop view v; create view v as select 2") == "");
    CHECK(lint_of("drop schema public") == "1 drop-table?");
    CHECK(lint_of("drop database x") == "1 drop-database");
    CHECK(lint_of("alter table t rename to x") == "1 rename-table");
    CHECK(lint_of("alter view v rename to x") == "1 rename-table");
    CHECK(lint_of("alter table t set schema x") == "1 rename-schema");
    CHECK(lint_of("alter schema a rename to b") == "1 rename-schema");
    CHECK(lint_of("alter table t set unlogged") == "1 table-rewrite");
    CHECK(lint_of("alter table t disable trigger user") == "1 disable-trigger?");
    CHECK(lint_of("truncate t") == "1 truncate?");
    CHECK(lint_of("lock table t in share mode") == "1 lock-table?");
    CHECK(lint_of("create table pt2 partition of pt for values from (9) to (19)") == "1 create-partition?");
    CHECK(lint_of("alter table pt attach partition free for values from (9) to (19)") == "1 attach-partition?");
    CHECK(lint_of("create table x (k int not null); alter table pt attach partition x for values from (9) to (19)") ==
          "");
    CHECK(lint_of("alter table pt detach partition pt1") == "1 detach-partition?");
    CHECK(lint_of("alter table pt detach partition pt1 concurrently") == "");
}

TEST_CASE("rows, session and rights") {
    CHECK(lint_of("update t set a = 1") == "1 delete-all?");
    CHECK(lint_of("delete from t where a in (select 1)") == "");
    CHECK(lint_of("delete from t using (select 1 where true) x") == "1 delete-all?");
    CHECK(lint_of("alter table t add x int;\nupdate t set x = 1 where true") == "2 update-beside-ddl?");
    CHECK(lint_of("alter type mood add value 'ok';\ninsert into t values ('ok')") == "2 enum-value-used");
    CHECK(lint_of("create type x as enum ('a');\nalter type x add value 'ok';\ninsert into t values ('ok')") == "");
    CHECK(lint_of("set lock_timeout = 0") == "1 lock-timeout-off?");
    CHECK(lint_of("set lock_timeout = '2s'") == "");
    CHECK(lint_of("set session_replication_role = replica") == "1 disable-trigger?");
    CHECK(lint_of("grant select on t to someone, public") == "1 grant-to-public?");
    CHECK(lint_of("grant select on public.t to someone") == "");
    CHECK(lint_of("do 'begin end'") == "1 opaque??");
    CHECK(lint_of("flush tables") == "1 unknown-statement?");
}

TEST_CASE("the file as a whole") {
    CHECK(lint_of("alter table t add x int;\ncreate index concurrently i on t (a);\nalter table t add y int") ==
          "1 concurrently-mixed?");
    CHECK(lint_of("set statement_timeout = 0; create index concurrently i on t (a)") == "");
    CHECK(lint_of("begin;\nselect 1;\ncommit;\nselect 2") == "1 transaction-control?");
    CHECK(lint_of("begin; alter table t add x int; commit") == "");
    CHECK(lint_of("begin isolation level serializable; alter table t add x int; commit") == "");
    CHECK(lint_of("-- tripmig: ignore=create-index few rows\nbegin; create index on t (a); commit") == "");
    CHECK(lint_of("alter table t add x int;\nalter table parent add x int") == "2 many-locks?");
    CHECK(lint_of("alter table t add x int;\ncreate table z (a int);\nalter table z add b int") == "");
    CHECK(lint_of("-- tripmig: transaction=off\nalter table t add x int;\nalter table parent add x int") == "");
    CHECK(lint_of("alter table t add x int;\ncreate index on parent (id)") == "2 create-index, 2 lock-held?");
    std::string many = "alter table t add x int;\n";
    for (int i = 0; i < 20; ++i)
        many += "select 1;\n";
    CHECK(lint_of(many) == "21 lock-held?");
}

TEST_CASE("what the same file made is nobody's yet") {
    CHECK(lint_of("create table x (a int);\ncreate index on x (a);\nalter table x add unique (a), alter a type "
                  "bigint, alter a set not null;\nupdate x set a = 1;\ntruncate x;\ndrop table x") == "");
    CHECK(lint_of("create temp table t (a int); create index on t (a)") == "");
}

TEST_CASE("a way back may take what its migration made, and nothing else") {
    const auto lint_undo = [](const std::string& up, const std::string& down) {
        return brief(lint_last({{"V1__t.sql", tables}, {"V2__x.sql", up}, {"U2__x.sql", down}}));
    };
    CHECK(lint_undo("create table x (a int)", "drop table x") == "");
    CHECK(lint_undo("create table x (a int)", "drop table t") == "1 drop-table?");
    CHECK(lint_undo("alter table t add x int", "alter table t drop x") == "");
    CHECK(lint_undo("alter table t add x int", "alter table t drop a") == "1 drop-column?");
    CHECK(lint_undo("create index i on t (a)", "drop index i") == "1 drop-index??");
    CHECK(lint_undo("create index i on t (a)", "drop index t_a") == "1 drop-index?");
    CHECK(lint_undo("alter table t rename a to aa", "alter table t rename aa to a") == "");
    CHECK(lint_undo("select 1", "create index on t (a)") == "1 create-index");
}

TEST_CASE("ignores") {
    CHECK(lint_of("-- tripmig: ignore=create-index few rows\ncreate index on t (a)") == "");
    CHECK(lint_of("create index on t (a);\n-- tripmig: ignore=create-index few rows\ncreate index on t (b)") ==
          "1 create-index, 3 lock-held?");
    CHECK(lint_of("-- tripmig: ignore-file=create-index few rows\nselect 1;\ncreate index on t (a)") == "");
    CHECK(lint_of("-- tripmig: ignore=drop-index why\ncreate index on t (a)") == "2 create-index, 1 unused-ignore?");
    CHECK(lint_of("-- tripmig: ignore-file=drop-index why\nselect 1") == "1 unused-ignore?");
    CHECK(lint_of("-- tripmig: ignore=create-indx why\ncreate index on t (a)") == "2 create-index, 1 unknown-rule");
    const auto linted = lint_last({{"V1__t.sql", "-- tripmig: ignore=create-indx why\nselect 1"}});
    CHECK(linted.statements.at(0).findings.at(0).hint == "did you mean \"create-index\"?");
}

TEST_CASE("rules are sorted, and every message ends with its rule") {
    const auto names = lint::lint_rule_names();
    CHECK(std::is_sorted(names.begin(), names.end()));
    CHECK(!names.front().empty());
    const auto linted = lint_last({{"V1__t.sql", tables}, {"V2__x.sql", "drop table t; update d set p = 1"}});
    for (const auto& statement : linted.statements)
        for (const auto& finding : statement.findings)
            CHECK(has(finding.message, fmt::format(" [{}]", finding.rule->name)));
}

TEST_CASE("docs/lint.md has a section for every rule, with its level, and no other") {
    const std::string text = migrate::read_file(std::string(TRIPMIG_SOURCE_DIR) + "/docs/lint.md");
    std::vector<std::string> sections;
    for (std::size_t at = text.find("\n### "); at != std::string::npos; at = text.find("\n### ", at + 1)) {
        const std::size_t end = text.find('\n', at + 1);
        sections.push_back(text.substr(at + 5, end - at - 5));
        const auto* rule = lint::find_lint_rule(sections.back());
        REQUIRE_MESSAGE(rule != nullptr, sections.back());
        std::string level(to_string(rule->level));
        level.front() = static_cast<char>(level.front() - 'a' + 'A');
        CHECK_MESSAGE(text.compare(end + 2, level.size(), level) == 0, sections.back());
    }
    CHECK(sections == lint::lint_rule_names());
}

TEST_CASE("positions: the action of an ALTER TABLE, in characters") {
    const auto linted = lint_last({{"V1__t.sql", tables}, {"V2__x.sql", "alter table t add \"é\" int,\n  drop a"}});
    const auto& finding = linted.statements.at(0).findings.at(0);
    CHECK(finding.position.line == 2);
    CHECK(finding.position.column == 3);
    CHECK(finding.position.line_text == "  drop a");
}
