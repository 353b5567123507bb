#include "config/connection_string.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "expect_error.hpp"

using tripmig::config::parse_connection_string;
using tripmig::config::redacted;
using Parameters = std::map<std::string, std::string>;

namespace {

struct Example {
    std::string text;
    Parameters expected;
};

struct Refusal {
    std::string text;
    std::string said;
};

void check_all(const std::vector<Example>& examples) {
    for (const Example& example : examples) {
        CAPTURE(example.text);
        CHECK(parse_connection_string(example.text) == example.expected);
    }
}

void check_refused(const std::vector<Refusal>& refusals) {
    for (const Refusal& refusal : refusals) {
        CAPTURE(refusal.text);
        const std::string said = usage_error_of([&] { parse_connection_string(refusal.text); });
        CHECK_MESSAGE(contains(said, refusal.said), said);
        CHECK_FALSE(contains(said, "hunter2"));
    }
}

}  // namespace

TEST_CASE("connection URIs are read as libpq reads them") {
    check_all({
        {"postgresql://", {}},
        {"postgres://localhost", {{"host", "localhost"}}},
        {"postgresql://localhost:5433", {{"host", "localhost"}, {"port", "5433"}}},
        {"postgresql://localhost/mydb", {{"host", "localhost"}, {"dbname", "mydb"}}},
        {"postgresql://user@localhost", {{"host", "localhost"}, {"user", "user"}}},
        {"postgresql://user:secret@localhost", {{"host", "localhost"}, {"user", "user"}, {"password", "secret"}}},
        {"postgresql://user:@localhost", {{"host", "localhost"}, {"user", "user"}}},
        {"postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp",
         {{"host", "localhost"},
          {"user", "other"},
          {"dbname", "otherdb"},
          {"connect_timeout", "10"},
          {"application_name", "myapp"}}},
        {"postgresql:///mydb?host=localhost&port=5433", {{"dbname", "mydb"}, {"host", "localhost"}, {"port", "5433"}}},
        {"postgresql:///dbname?host=/var/lib/postgresql", {{"dbname", "dbname"}, {"host", "/var/lib/postgresql"}}},
        {"postgresql://%2Fvar%2Flib%2Fpostgresql/dbname", {{"dbname", "dbname"}, {"host", "/var/lib/postgresql"}}},
        {"postgresql://[2001:db8::1234]:5432/database",
         {{"host", "2001:db8::1234"}, {"port", "5432"}, {"dbname", "database"}}},
        {"postgresql://host1:123,host2:456/somedb?target_session_attrs=any",
         {{"host", "host1,host2"}, {"port", "123,456"}, {"dbname", "somedb"}, {"target_session_attrs", "any"}}},
        {"postgresql://host1,[::1]:5433/db", {{"host", "host1,::1"}, {"port", ",5433"}, {"dbname", "db"}}},
        {"postgresql://u%40server:p%40%3A%2F%3F%23%25@h/d",
         {{"user", "u@server"}, {"password", "p@:/?#%"}, {"host", "h"}, {"dbname", "d"}}},
        {"postgresql://u:p?q@h/d", {{"user", "u"}, {"password", "p?q"}, {"host", "h"}, {"dbname", "d"}}},
        {"postgresql://h/d?options=-c%20geqo%3Doff", {{"host", "h"}, {"dbname", "d"}, {"options", "-c geqo=off"}}},
        {"postgresql://h/d?sslmode=verify-full&", {{"host", "h"}, {"dbname", "d"}, {"sslmode", "verify-full"}}},
        {"  postgresql://h/d\n", {{"host", "h"}, {"dbname", "d"}}},
        {"postgresql://h/d?ssl=true", {{"host", "h"}, {"dbname", "d"}, {"sslmode", "require"}}},
        {"jdbc:postgresql://h:5432/d?user=u&password=p&sslmode=require",
         {{"host", "h"}, {"port", "5432"}, {"dbname", "d"}, {"user", "u"}, {"password", "p"}, {"sslmode", "require"}}},
    });
}

TEST_CASE("a bad URI is refused without a word of its password") {
    check_refused({
        {"mysql://u:hunter2@h/d", "mysql:// is not a PostgreSQL URL"},
        {"hunter2://x", "this is not a PostgreSQL URL"},
        {"postgresql://h/d?password=ab&hunter2=x", "parameter 2 after the URL's ? has an unknown name"},
        {"postgresql://h/d&password=hunter2", "the value of dbname seems to contain"},
        {"postgresql://h?x&password=hunter2", "that is not name=value"},
        {"postgresql://h/d?sslmod=require", "did you mean sslmode?"},
        {"postgresql://h/d?search_path=app", "options=-c%20search_path%3Dapp"},
        {"postgresql://h/d?schema=app", "options=-c%20search_path%3Dapp"},
        {"jdbc:postgresql://h/d?currentSchema=app", "options=-c%20search_path%3Dapp"},
        {"postgres://h/d?x-migrations-table=m", "tripmig adopt --table"},
        {"postgresql://h/d?sslmode=required", "use one of disable, allow, prefer, require"},
        {"postgresql://h/d?password=hunter2&sslmode", "that is not name=value"},
        {"postgresql://h/d?password=a=hunter2", "that is not name=value"},
        {"postgresql://u:hunter2%2@h/d", "password has a % without two hexadecimal digits"},
        {"postgresql://u:hunter2%00@h/d", "password has a % without two hexadecimal digits"},
        {"postgresql://u:x@hunter2@h/d", "more than one @"},
        {"postgresql://u:hunter2/x@h/d", "the port is not a number"},
        {"postgresql://u@server:hunter2@h/d", "the port is not a number"},
        {"postgresql://u:1/hunter2@h/d", "a / before its @"},
        {"postgresql://u:1?hunter2=/@h/d", "%40"},
        {"postgresql://h:99999/d", "the port is not a number"},
        {"postgresql://h:0/d", "the port is not a number"},
        {"postgresql://[::1/d", "IPv6"},
        {"postgresql://[::1]x/d", "IPv6"},
        {"postgresql://[]/d", "IPv6"},
        {"postgresql://a:1,b:2,c/d?port=1,2", "2 ports for 3 hosts"},
    });
}

TEST_CASE("libpq's key=value form") {
    check_all({
        {"host=localhost port=5432 dbname=mydb connect_timeout=10",
         {{"host", "localhost"}, {"port", "5432"}, {"dbname", "mydb"}, {"connect_timeout", "10"}}},
        {"host = localhost\tdbname\n=\nx", {{"host", "localhost"}, {"dbname", "x"}}},
        {R"(user=u password='it\'s a \\ b' dbname='')", {{"user", "u"}, {"password", R"(it's a \ b)"}, {"dbname", ""}}},
        {R"(password=a\ b\\c user=u)", {{"password", R"(a b\c)"}, {"user", "u"}}},
        {"password=a=b;c&d\"e user=u", {{"password", "a=b;c&d\"e"}, {"user", "u"}}},
        {"host=a,b port=1,2", {{"host", "a,b"}, {"port", "1,2"}}},
        {"user=u host=h\\", {{"user", "u"}, {"host", "h"}}},
        {"service=app", {{"service", "app"}}},
        {R"(password='a\';sslmode=b' user=u)", {{"password", "a';sslmode=b"}, {"user", "u"}}},
        {"password='a;b' user=u", {{"password", "a;b"}, {"user", "u"}}},
    });
}

TEST_CASE("a bad key=value string is refused without a word of its password") {
    check_refused({
        {"hots=localhost dbname=x", "part 1 of the connection string has an unknown parameter name"},
        {"host=a user=u password hunter2 dbname=x", "= is missing after \"password\""},
        {"host=a hunter2 password=x", "part 2 of the connection string has an unknown parameter name"},
        {"host=a user=u;Password=hunter2 dbname=d", "the value of user seems to contain"},
        {"user=u host=h;Password=hunter2", "the value of host seems to contain"},
        {"user=u host=h,password=hunter2", "the value of host seems to contain"},
        {"user=u connect_timeout=10;Password=hunter2", "the value of connect_timeout seems to contain"},
        {"user=u connect_timeout=hunter2", "the value of connect_timeout is not an integer"},
        {"user=u application_name=a;Password=hunter2", "the value of application_name seems to contain"},
        {"host=a dbname=postgres://u:hunter2@h/d", "the value of dbname seems to contain"},
        {"hots=localhost dbname=x", "did you mean host?"},
        {"host=a password=my hunter2 dbname=x", "what follows password=..."},
        {"host=a password=my hunter2=3 dbname=x", "what follows password=..."},
        {"password=a;b hunter2=h", "what follows password=..."},
        {"host=a password='hunter2", "the quote after password="},
        {"host=a port", "= is missing after \"port\""},
        {"host=a port=x", "the port is not a number"},
        {"host=a port=", "no error"},
        {"hunter2", "this is not a valid connection string"},
        {"", "this is not a valid connection string"},
        {"host=a,b port=1,2,3", "3 ports for 2 hosts"},
    });
}

TEST_CASE("ADO.NET strings with Npgsql's key words") {
    check_all({
        {"Server=db.example;Database=tripdb_prod;Port=5432;User Id=admin;Password=p#w!d;Ssl Mode=Require;",
         {{"host", "db.example"},
          {"dbname", "tripdb_prod"},
          {"port", "5432"},
          {"user", "admin"},
          {"password", "p#w!d"},
          {"sslmode", "require"}}},
        {"Host=h;Username=u;Pwd=p;Database=d", {{"host", "h"}, {"user", "u"}, {"password", "p"}, {"dbname", "d"}}},
        {"host=h;port=1;database=d;username=u", {{"host", "h"}, {"port", "1"}, {"dbname", "d"}, {"user", "u"}}},
        {"Server=h", {{"host", "h"}}},
        {" Server = h ; UserId = u ; ;; User Name = v ", {{"host", "h"}, {"user", "v"}}},
        {R"(Server=h;Password="a;b=c&d'e""f";Database=d)",
         {{"host", "h"}, {"password", R"(a;b=c&d'e"f)"}, {"dbname", "d"}}},
        {R"(Password='a;b"c''d' ;Server=h)", {{"host", "h"}, {"password", R"(a;b"c'd)"}}},
        {R"(Password=a"b'c=d;Server=h)", {{"host", "h"}, {"password", R"(a"b'c=d)"}}},
        {"password='a''b;c';server=h", {{"host", "h"}, {"password", "a'b;c"}}},
        {"Server=h;SslMode=VerifyFull;Root Certificate=/ca.pem",
         {{"host", "h"}, {"sslmode", "verify-full"}, {"sslrootcert", "/ca.pem"}}},
        {"Server=h;SSL Mode=verify-ca", {{"host", "h"}, {"sslmode", "verify-ca"}}},
        {"Server=h;Ssl Mode=Require;Trust Server Certificate=true", {{"host", "h"}, {"sslmode", "require"}}},
        {"Server=h;Timeout=15;Application Name=my app",
         {{"host", "h"}, {"connect_timeout", "15"}, {"application_name", "my app"}}},
        {"Application Name=my app;Server=h", {{"host", "h"}, {"application_name", "my app"}}},
        {"Server=h;Search Path=app, public;Timezone=UTC",
         {{"host", "h"}, {"options", R"(-c search_path=app,\ public -c TimeZone=UTC)"}}},
        {"Server=h;Options='-c geqo=off'", {{"host", "h"}, {"options", "-c geqo=off"}}},
        {"Host=a:5433,b;Port=5432", {{"host", "a,b"}, {"port", "5433,5432"}}},
        {"Host=a,b;Target Session Attributes=Prefer-Standby",
         {{"host", "a,b"}, {"target_session_attrs", "prefer-standby"}}},
        {"Host=[2001:db8::1]:5433;", {{"host", "2001:db8::1"}, {"port", "5433"}}},
        {"Host=2001:db8::1;", {{"host", "2001:db8::1"}}},
        {"Host=/var/run/postgresql;Port=5432", {{"host", "/var/run/postgresql"}, {"port", "5432"}}},
        {"Server=h;Pooling=true;Minimum Pool Size=0;MaxPoolSize=100;Command Timeout=30;Keepalive=30;Include Error "
         "Detail=true",
         {{"host", "h"}}},
    });
}

TEST_CASE("a bad ADO.NET string is refused without a word of its password") {
    check_refused({
        {"Server=h;Databse=d", "part 2 of the connection string has an unknown keyword"},
        {"Server=h;Password hunter2;Database=d", "part 2 of the connection string has an unknown keyword"},
        {"Server=h;Password:hunter2;Database=d", "part 2 of the connection string has an unknown keyword"},
        {"Server=h;Password;hunter2;Database=d", "= is missing after \"Password\""},
        {"Server=h;Username=u Password=hunter2;Database=d", "the value of user seems to contain"},
        {"Server=h;Username=u,Password=hunter2;Database=d", "the value of user seems to contain"},
        {"Server=h;Databse=d", "did you mean Database?"},
        {"Sever=h;Database=d", "did you mean Server?"},
        {"Server=h;Usr Id=d", "did you mean User Id?"},
        {"Server=h;Password=a;hunter2;Database=d", "part 3 of the connection string, after the password"},
        {"Server=h;Password=a;Port=1;hunter2=1;Database=d", "part 4 of the connection string, after the password"},
        {"Server=h;Pwd=a;Ssl Mod=Require", "did you mean SSL Mode? put a password that contains ;"},
        {"Server=h;Password=\"hunter2;Database=d", "the opening quote of Password is not closed"},
        {"Server=h;Password=\"hunter2\"x;Database=d", "between the closing quote of Password and the next ;"},
        {"Server=h;Ssl Mode=Required", "use one of Disable, Allow, Prefer, Require, VerifyCA, VerifyFull"},
        {"Server=h;Ssl Mode=VerifyFull;Trust Server Certificate=true", "contradicts SSL Mode=verify-full"},
        {"Server=h;Trust Server Certificate=maybe", "must be true or false"},
        {"Server=h;Check Certificate Revocation=true", "sslcrl"},
        {"Server=h;Port=x", "the port is not a number"},
        {"Server=h;Port;Database=x", "= is missing after \"Port\""},
        {"Host=localhost Database=x", "separate the parts with a semicolon"},
        {"Host=a:1,b:2,c;Port=1,2", "4 ports for 3 hosts"},
    });
}

TEST_CASE("what is said of a connection never has a secret in it") {
    CHECK(redacted(parse_connection_string("postgresql://u:hunter2@h:5433/d?sslmode=require&sslpassword=hunter2")) ==
          "host=h port=5433 dbname=d user=u sslmode=require");
    const std::map<std::string, std::string> odd{{"host", ""}, {"password", "a b'c\\d\te"}, {"user", "u"}};
    CHECK(parse_connection_string(tripmig::config::connection_string(odd)) == odd);
    CHECK(redacted({{"dbname", "it's"}, {"host", ""}}) == R"(host='' dbname='it\'s')");
    CHECK(redacted({}) == "libpq's defaults (PG* variables, local socket)");
}

namespace {

/// Every run of letters and digits that is not a key word of some form becomes "QZQZ": none of it may be repeated.
std::string with_marks(std::string_view text) {
    static const std::vector<std::string_view> kept{"host",    "port", "user", "dbname",   "password", "sslmode",
                                                    "Server",  "Id",   "User", "Password", "Database", "postgresql",
                                                    "options", "SSL",  "Mode", "passfile", "Search",   "Path"};
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    std::string marked;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_word(text[end]))
            ++end;
        const std::string_view word = text.substr(at, end - at);
        if (word.empty())
            marked += text[end++];
        else
            marked += std::find(kept.begin(), kept.end(), word) != kept.end() ? std::string(word) : "QZQZ";
        at = end;
    }
    return marked;
}

/// A connection string that a hurried person wrote: pieces of all forms in any order.
std::string scrambled(std::mt19937& random) {
    static const std::vector<std::string> pieces{"host",
                                                 "port=1",
                                                 "user",
                                                 "dbname",
                                                 "password",
                                                 "sslmode",
                                                 "Server",
                                                 "User Id",
                                                 "Password",
                                                 "Database",
                                                 "=",
                                                 "=",
                                                 "=",
                                                 ";",
                                                 ";",
                                                 " ",
                                                 " ",
                                                 "&",
                                                 "?",
                                                 "@",
                                                 ":",
                                                 "/",
                                                 "//",
                                                 "://",
                                                 "'",
                                                 "\"",
                                                 "%",
                                                 "%4",
                                                 "\\",
                                                 ",",
                                                 "postgresql://",
                                                 "x",
                                                 "S3cret",
                                                 "S3cret",
                                                 "S3cret",
                                                 "[",
                                                 "]",
                                                 "options",
                                                 "SSL Mode",
                                                 "passfile",
                                                 "Search Path",
                                                 "Password=S3cret",
                                                 "password=S3cret",
                                                 ";Password=S3cret",
                                                 "\n",
                                                 "5432"};
    std::uniform_int_distribution<std::size_t> which(0, pieces.size() - 1);
    std::uniform_int_distribution<int> length(1, 14);
    std::string text;
    for (int i = length(random); i > 0; --i)
        text += pieces[which(random)];
    return text;
}

}  // namespace

TEST_CASE("no message about a malformed string has a piece of a value in it") {
    std::mt19937 random(23);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same strings in every run
    int refused = 0;
    for (int i = 0; i < 6'000; ++i) {
        const std::string text = with_marks(scrambled(random));
        try {
            parse_connection_string(text);
        } catch (const tripmig::Error& error) {
            ++refused;
            const std::string said = tripmig::describe(error);
            CHECK_MESSAGE(!contains(said, "QZQZ"), text << " -> " << said);
        }
    }
    CHECK(refused > 1'000);
}

TEST_CASE("a password that run-on text put into another value is not shown") {
    std::mt19937 random(29);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same strings in every run
    static const std::vector<std::string> separators{" ", ";", ",", "&", "?", "; ", ", ", ";;", " ;"};
    static const std::vector<std::string> firsts{"host=h",    "Server=h",           "user=u",
                                                 "User Id=u", "dbname=d",           "Database=d",
                                                 "port=5432", "postgresql://u@h/d", "postgresql://h"};
    static const std::vector<std::string> keys{"password", "Password", "PASSWORD", "pwd", "Pwd"};
    const auto any = [&](const std::vector<std::string>& list) {
        return list[std::uniform_int_distribution<std::size_t>(0, list.size() - 1)(random)];
    };
    for (int i = 0; i < 2'000; ++i) {
        const std::string text = any(firsts) + any(separators) + any(firsts) + any(separators) + any(keys) + "=QZQZ" +
                                 any(separators) + any(firsts);
        try {
            const std::string said = redacted(parse_connection_string(text));
            CHECK_MESSAGE(!contains(said, "QZQZ"), text << " -> " << said);
        } catch (const tripmig::Error& error) {
            const std::string said = tripmig::describe(error);
            CHECK_MESSAGE(!contains(said, "QZQZ"), text << " -> " << said);
        }
    }
}
