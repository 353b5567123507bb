#include <doctest/doctest.h>

#include "doctor/connection_checks.hpp"
#include "found.hpp"

using namespace tripmig::doctor;
using namespace tripmig::doctor::test;

namespace {

SessionFacts good_session() {
    SessionFacts session;
    session.transport = {"db.example", "5432", false, true, "TLSv1.3", "verify-full", "/etc/ssl/root.pem"};
    session.description = "host=db.example";
    session.database = "app";
    session.role = "app_owner";
    session.version = 150018;
    session.version_text = "15.18";
    session.sees_statistics = true;
    session.may_use_state = true;
    return session;
}

std::string told_of_version(int version) {
    SessionFacts session = good_session();
    session.version = version;
    return told(check_connection(session), "connection.server_version");
}

std::string told_of_transport(const tripmig::db::Transport& transport) {
    SessionFacts session = good_session();
    session.transport = transport;
    return told(check_connection(session), "connection.tls");
}

}  // namespace

TEST_CASE("a verified connection to a current primary has nothing to tell") {
    for (const Check& check : check_connection(good_session()))
        CHECK_MESSAGE(told(check) == "", check.code);
    CHECK(has(check_of(check_connection(good_session()), "connection.tls").found, "/etc/ssl/root.pem"));
}

TEST_CASE("TLS: encrypted, with whom, and where it does not matter") {
    CHECK(told_of_transport({"db.example", "5432", false, false, "", "prefer", ""}) == "error");
    CHECK(told_of_transport({"db.example", "5432", false, true, "TLSv1.3", "require", ""}) == "warning");
    CHECK(told_of_transport({"db.example", "5432", false, true, "TLSv1.3", "verify-ca", ""}) == "warning");
    CHECK(told_of_transport({"127.0.0.1", "5432", false, false, "", "prefer", ""}) == "");
    CHECK(told_of_transport({"/run/postgresql", "5432", true, false, "", "prefer", ""}) == "");
}

TEST_CASE("minor versions with known faults") {
    CHECK(told_of_version(130020) == "error");
    CHECK(told_of_version(140013) == "warning");
    CHECK(told_of_version(140014) == "");
    CHECK(told_of_version(150008) == "warning warning");
    CHECK(told_of_version(150009) == "warning");
    CHECK(told_of_version(150013) == "");
    CHECK(told_of_version(160008) == "warning");
    CHECK(told_of_version(160009) == "");
    CHECK(told_of_version(170000) == "warning warning");
    CHECK(told_of_version(170005) == "");
    CHECK(told_of_version(180000) == "");
}

TEST_CASE("a pooler in between, or a port that is usually one's") {
    SessionFacts session = good_session();
    session.is_pooled = true;
    CHECK(told(check_connection(session), "connection.pooler") == "warning");
    session.allows_pooler = true;
    CHECK(told(check_connection(session), "connection.pooler") == "");
    session = good_session();
    session.transport.port = "6432";
    CHECK(told(check_connection(session), "connection.pooler") == "warning");
}

TEST_CASE("clocks that differ by five seconds or more") {
    SessionFacts session = good_session();
    session.clock_skew = std::chrono::milliseconds(4999);
    CHECK(told(check_connection(session), "connection.clock") == "");
    session.clock_skew = std::chrono::seconds(5);
    CHECK(has(check_of(check_connection(session), "connection.clock").findings.at(0).reason, "ahead of"));
    session.clock_skew = -std::chrono::seconds(7);
    CHECK(has(check_of(check_connection(session), "connection.clock").findings.at(0).reason, "7.0 s behind"));
}

TEST_CASE("a role that may not work here, may too much, or sees too little") {
    SessionFacts session = good_session();
    session.may_use_state = false;
    CHECK(has(check_of(check_connection(session), "connection.role").findings.at(0).remedy,
              "GRANT CREATE ON DATABASE app TO app_owner"));
    session.has_state = true;
    CHECK(told(check_connection(session), "connection.role") == "error");
    session = good_session();
    session.is_superuser = true;
    CHECK(told(check_connection(session), "connection.role") == "warning");
    session = good_session();
    session.sees_statistics = false;
    CHECK(told(check_connection(session), "connection.role") == "note");
}

TEST_CASE("a standby, and a read-only default") {
    SessionFacts session = good_session();
    session.is_read_only = true;
    CHECK(told(check_connection(session), "connection.writable") == "warning");
    session.is_standby = true;
    CHECK(told(check_connection(session), "connection.writable") == "note");
}
