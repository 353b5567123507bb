#include "db/lookalike.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tripmig;
using Verdict = db::Lookalike::Verdict;

namespace {

struct Case {
    db::ServerSigns signs;
    std::string_view name;
    Verdict verdict = Verdict::refused;
};

const std::vector<Case> others{
    {{"CockroachDB CCL v24.2.4 (x86_64-pc-linux-gnu, built 2024/10/01)", "db.example", "26257", {}}, "CockroachDB"},
    {{"PostgreSQL 11.2-YB-2.25.1.0-b0 on x86_64-pc-linux-gnu, compiled by clang", "db.example", "5433", {}},
     "YugabyteDB"},
    {{"15.12-YB-2.25.2.0-b0", "localhost", "5433", {}}, "YugabyteDB"},
    {{"PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.77467", "10.0.0.1", "5439", {}},
     "Amazon Redshift"},
    {{"8.0.2", "shop.abc123.eu-west-1.redshift.amazonaws.com", "5439", {}}, "Amazon Redshift"},
    {{"8.0.2", "shop.123.eu-west-1.redshift-serverless.amazonaws.com", "5439", {}}, "Amazon Redshift"},
    {{"16", "ijt4jtjkn7oxftooklnuliggna.dsql.us-east-1.on.aws", "5432", {}}, "Aurora DSQL"},
    {{"15.8", "db.example", "5432", {"plpgsql", "citus"}}, "Citus", Verdict::partly},
    {{"17.2", "ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech", "5432", {}}, "Neon's pooler", Verdict::pooled},
    {{"15.6", "aws-0-eu-central-1.pooler.supabase.com", "6543", {}},
     "Supabase's pooler in transaction mode",
     Verdict::pooled},
    {{"15.6", "shop.postgres.database.azure.com", "6432", {}}, "Azure's PgBouncer", Verdict::pooled},
};

const std::vector<db::ServerSigns> postgresql{
    {"15.14 (Debian 15.14-0+deb12u1)", "/var/run/postgresql", "5432", {"plpgsql", "pg_stat_statements"}},
    {"PostgreSQL 15.4 on aarch64-unknown-linux-gnu, compiled by gcc, 64-bit",
     "shop.cluster-abc.eu-west-1.rds.amazonaws.com",
     "5432",
     {}},
    {"17.2", "ep-cool-darkness-123456.us-east-2.aws.neon.tech", "5432", {}},
    {"15.6", "aws-0-eu-central-1.pooler.supabase.com", "5432", {}},
    {"15.6", "db.abcdef.supabase.co", "5432", {}},
    {"15.6", "shop.postgres.database.azure.com", "5432", {}},
    {"15.6", "postgres.database.azure.com.example", "6432", {}},
    {"", "", "", {}},
};

}  // namespace

TEST_CASE("a server that only looks like PostgreSQL is known by its version, its extensions or its address") {
    for (const Case& other : others) {
        CAPTURE(other.signs.version);
        CAPTURE(other.signs.host);
        const auto found = db::find_lookalike(other.signs);
        REQUIRE(found);
        CHECK(found->name == other.name);
        CHECK(found->verdict == other.verdict);
        CHECK_FALSE(found->reason.empty());
        CHECK_FALSE(found->hint.empty());
    }
}

TEST_CASE("PostgreSQL itself is none, wherever it runs") {
    for (const db::ServerSigns& signs : postgresql) {
        CAPTURE(signs.version);
        CAPTURE(signs.host);
        CHECK_FALSE(db::find_lookalike(signs));
        CHECK_FALSE(db::lookalike_refusal(signs, "host=x"));
    }
}

TEST_CASE("the refusal names server, address, reason and page; poolers and Citus are not refused at connect") {
    for (const Case& other : others) {
        CAPTURE(other.name);
        const auto error = db::lookalike_refusal(other.signs, "host=db.example");
        REQUIRE(error.has_value() == (other.verdict == Verdict::refused));
        if (!error)
            continue;
        CHECK(error->code() == ExitCode::refused);
        CHECK(error->message().find(other.name) != std::string::npos);
        CHECK(error->message().find("(host=db.example)") != std::string::npos);
        CHECK(error->hint().find("docs/beyond-one-server.md") != std::string::npos);
    }
}
