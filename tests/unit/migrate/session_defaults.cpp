#include "migrate/run/session_defaults.hpp"

#include <doctest/doctest.h>

using namespace tripmig;

namespace {

bool changes(const std::string& content) {
    migrate::Migration made;
    made.version = migrate::Version::parse("1").value();
    made.file = "V1__x.sql";
    made.path = "V1__x.sql";
    made.content = content;
    return migrate::changes_session_defaults(migrate::load_script(made, ".", {}));
}

}  // namespace

TEST_CASE("what a new session begins with is changed by ALTER DATABASE, ROLE or USER ... SET, also in dynamic SQL") {
    CHECK(changes("alter database shop set search_path = app;"));
    CHECK(changes("select 1;\nALTER\tROLE\n  app IN DATABASE shop RESET ALL;"));
    CHECK(changes("alter user app set work_mem = '1GB';"));
    CHECK(changes("do $$ begin execute format('ALTER DATABASE %I SET x.y = 1', current_database()); end $$;"));
}

TEST_CASE("what does not change it") {
    CHECK_FALSE(changes("alter role app password 'x';"));
    CHECK_FALSE(changes("alter table roles set (fillfactor = 90);"));
    CHECK_FALSE(changes("alter database shop owner to app;"));
    CHECK_FALSE(changes("alter role app rename to settler;"));
    CHECK_FALSE(changes("alter"));
}
