#include "job/state/before_format_3.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "job/state/journal.hpp"

using namespace tripmig;
using job::State;

namespace {

// As versions before format 3 wrote them: one set of fields for every kind of job.
constexpr std::string_view attach_job =
    R"json({"cut":"2027-01-01 00:00:00+00","key":"at","leaf":"orders_past","load":{"blocks":2,
    "filenode":16386},"bound":"","shape":[],"format":2,"narrow":[{"name":"orders_code_key",
    "tail":" USING btree (code)","constraint":true}],"parent":{"name":"","schema":""},
    "policy":{"name":"{table}_{start:%Y_%m}","start":null,"premake":3,"max_create":null,
    "unique_ids":false,"dropped_keys":[],"file_choices":{}},"dropped":[],"row_key":[],
    "interval":"1 month","key_type":"timestamp with time zone","matviews":[],"measured":{"at":"",
    "attempts":0,"lock_held_us":0,"lock_wait_us":0},"outgoing":[],"registry":true,"strategy":"attach",
    "composite":[],"was_empty":false,"fingerprint":["column id bigint NOT NULL"],"primary_key":["id"],
    "must_compare":true,"unique_indexes":"leaf","key_was_nullable":true,"replaces_functions":false,
    "incoming_foreign_keys":"registry"})json";

db::Job job_with(std::string_view stage, std::string document) {
    db::Job job;
    job.id = 3;
    job.kind = "swap";
    job.table = {"public", "orders"};
    job.stage = stage;
    job.state = std::move(document);
    return job;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a job of format 2 is read as the kind that it is: attach") {
    const State state = job::from_job(job_with("bounded", std::string(attach_job)));
    CHECK(state.is<job::AttachJob>());
    CHECK(state.stage == job::Stage::range_checked);
    CHECK(state.boundary() == "2027-01-01 00:00:00+00");
    CHECK(state.old_name == "orders_past");
    CHECK(state.swap().has_registry);
    CHECK(state.swap().key_was_nullable);
    CHECK(state.swap().incoming == config::IncomingForeignKeys::registry);
    CHECK(state.swap().unique_without_key.at(0).is_constraint);
    CHECK(state.load().blocks == 2);
    CHECK(state.load().filenode == 16386);
    CHECK(state.load().must_compare);
    CHECK(state.unique_indexes == config::UniqueIndexes::leaf);
    CHECK(state.fingerprint.size() == 1);
    CHECK(state.policy.value().name == "{table}_{start:%Y_%m}");
}

TEST_CASE("copy, an empty table, and a split of format 2") {
    const std::string copy =
        replaced(replaced(std::string(attach_job), R"json("strategy":"attach")json", R"json("strategy":"copy")json"),
                 R"json("row_key":[])json", R"json("row_key":["id"])json");
    State state = job::from_job(job_with("cut", copy));
    CHECK(state.is<job::CopyJob>());
    CHECK(state.stage == job::Stage::cut_over);
    CHECK(state.copy().row_key == std::vector<std::string>{"id"});
    CHECK(state.load().blocks == 2);
    state =
        job::from_job(job_with("ready", replaced(copy, R"json("was_empty":false)json", R"json("was_empty":true)json")));
    CHECK(state.is<job::EmptyJob>());
    CHECK(state.strategy() == config::SwapStrategy::copy);
    state =
        job::from_job(job_with("ready", replaced(replaced(copy, R"json("parent":{"name":"","schema":""})json",
                                                          R"json("parent":{"name":"p","schema":"public"})json"),
                                                 R"json("bound":"")json",
                                                 R"json("bound":"FOR VALUES FROM (MINVALUE) TO ('2026-12-01')")json")));
    CHECK(state.is<job::PartitionJob>());
    CHECK(state.root_table().name == "p");
    CHECK(state.bound() == "FOR VALUES FROM (MINVALUE) TO ('2026-12-01')");
}

TEST_CASE("fields that format 1 did not have yet") {
    std::string old = replaced(std::string(attach_job), R"json("format":2)json", R"json("format":1)json");
    for (const char* field :
         {R"json("row_key":[],)json", R"json("matviews":[],)json", R"json("composite":[],)json",
          R"json("must_compare":true,)json", R"json("unique_indexes":"leaf",)json",
          R"json("fingerprint":["column id bigint NOT NULL"],)json", R"("replaces_functions":false,)"})
        old = replaced(old, field, "");
    const State state = job::from_job(job_with("ready", old));
    CHECK(state.unique_indexes == config::UniqueIndexes::key);
    CHECK(state.fingerprint.empty());
    CHECK_FALSE(state.load().must_compare);
}
