#include "migrate/new_objects.hpp"

#include <doctest/doctest.h>

#include "migrations_folder.hpp"

using tripmig::migrate::makes_only_new_objects;

namespace {

bool is_new(const std::string& sql) {
    const MigrationsFolder folder({{"V1__a.sql", sql}});
    return makes_only_new_objects(folder.script(folder.read().versioned.at(0)));
}

}  // namespace

TEST_CASE("what has nothing to do with what was there before") {
    CHECK(is_new(
        "create table a (id bigint generated always as identity, twice int generated always as (id * 2) stored)"));
    CHECK(is_new("create table a (id bigint primary key, at timestamptz not null default now(), check (id > 0));"));
    CHECK(is_new(
        "create table if not exists a (id serial); create table \"references\" (\"as\" text default 'like of');"));
    CHECK(is_new(
        "create function f() returns int language sql as $$ select 1 from a $$; create type t as enum ('set');"));
}

TEST_CASE("what others could wait for, or what could change the session") {
    for (const char* sql :
         {"create temp table a (id int)", "create table pg_temp.a (id int)", "create table a (id int references b)",
          "create table a (like b)", "create table a as select 1", "create table a partition of b default",
          "create table a () inherits (b)", "create table a of t", "create sequence s owned by a.id",
          "create function f() returns int set search_path = x language sql as 'select 1'", "create index on a (id)",
          "alter table a add b int", "set role x", "select 1", "drop table a", "comment on table a is 'x'",
          "do $$ begin end $$", "create table a (id int); insert into a values (1)"})
        CHECK_MESSAGE(!is_new(sql), sql);
}
