#include "migrate/half_way.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "migrate/pieces.hpp"
#include "migrate/scripts.hpp"

using namespace tripmig;

namespace {

migrate::Migration migration_of(const std::string& name, const std::string& content,
                                migrate::Kind kind = migrate::Kind::versioned) {
    migrate::Migration made;
    made.kind = kind;
    made.version = migrate::Version::parse("1").value();
    made.description = "x";
    made.file = name;
    made.path = name;
    made.content = content;
    return made;
}

/// As a run leaves it that ended the first `done` statements and began the next.
std::vector<db::JournalEntry> journal(const migrate::Migration& migration, int done, bool has_begun = false) {
    std::vector<db::JournalEntry> entries;
    for (const migrate::Piece& piece : migrate::pieces_of(migrate::load_script(migration, ".", {})))
        if (piece.ordinal <= done + (has_begun ? 1 : 0))
            entries.push_back({piece.ordinal, piece.sha256, piece.ordinal <= done, {}});
    return entries;
}

migrate::Directory empty_directory() {
    migrate::Directory directory;
    directory.scripts = std::make_shared<migrate::Scripts>(".", std::map<std::string, std::string>());
    return directory;
}

migrate::HalfWay only(const migrate::Directory& directory, const migrate::Journals& journals,
                      const std::vector<db::AppliedMigration>& applied = {}) {
    const auto files = migrate::half_way(directory, applied, journals);
    REQUIRE(files.size() == 1);
    return files.front();
}

const std::string four_statements = "vacuum a;\nselect 1;\nset work_mem = '1MB';\nselect 2;";

}  // namespace

TEST_CASE("where a file stopped, by its journal") {
    migrate::Directory directory = empty_directory();
    directory.versioned.push_back(migration_of("V1__x.sql", four_statements));
    const migrate::Migration& migration = directory.versioned.front();
    CHECK(only(directory, {{"V1__x.sql", journal(migration, 0, true)}}).state() == "stopped at 1/4");
    const auto found = only(directory, {{"V1__x.sql", journal(migration, 3)}});
    CHECK(found.state() == "stopped at 4/4");
    CHECK(found.line == 4);
    CHECK(found.disagreement.empty());
    const auto ended = only(directory, {{"V1__x.sql", journal(migration, 4)}});
    CHECK(ended.next == 5);
    CHECK(ended.state() == "stopped at 4/4");
    CHECK(ended.line == 0);
}

TEST_CASE("what can't be resumed: edited, cut, one transaction now, gone") {
    const migrate::Journals journals{{"V1__x.sql", journal(migration_of("V1__x.sql", four_statements), 2)}};
    const auto disagreement = [&](const std::string& now) {
        migrate::Directory directory = empty_directory();
        directory.versioned.push_back(migration_of("V1__x.sql", now));
        return only(directory, journals).disagreement;
    };
    CHECK(disagreement("vacuum a;\nselect 1;\nselect 3;").empty());
    CHECK(disagreement("vacuum b;\nselect 1;").find("statement 1 (line 1) was edited after it had run") !=
          std::string::npos);
    CHECK(disagreement("vacuum a;").find("its statement 2 was started and is now missing") != std::string::npos);
    CHECK(disagreement("select 1;\nselect 2;").find("edited") != std::string::npos);
    const auto gone = only(empty_directory(), journals);
    CHECK(gone.state() == "stopped half way");
    CHECK_THROWS_AS(migrate::require_resumable({gone}), Error);
}

TEST_CASE("of a file that goes both ways the journal is of the way that is under way") {
    migrate::Directory directory = empty_directory();
    directory.versioned.push_back(migration_of("1_x.sql", "vacuum a; select 1; select 2;"));
    directory.undo.push_back(migration_of("1_x.sql", "vacuum a; select 3;", migrate::Kind::undo));
    const migrate::Journals journals{{"1_x.sql", journal(directory.undo.front(), 1)}};
    db::AppliedMigration row;
    row.kind = "V";
    row.version = "1";
    CHECK(only(directory, journals).total == 3);
    CHECK(only(directory, journals, {row}).total == 2);
}

TEST_CASE("a file that a run is at work on is no error") {
    migrate::Directory directory = empty_directory();
    directory.versioned.push_back(migration_of("V1__x.sql", four_statements));
    const auto files = migrate::half_way(directory, {}, {{"V1__x.sql", journal(directory.versioned.front(), 1)}});
    CHECK(migrate::half_way_findings(files, "").at(0).is_error);
    CHECK_FALSE(migrate::half_way_findings(files, "tripmig up (pid 1)").at(0).is_error);
}
