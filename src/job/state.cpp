#include "job/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 14> stage_names{"begun",     "staged",   "capturing", "loaded",  "registered",
                                                       "indexed",   "ready",    "bounded",   "cut",     "complete",
                                                       "reverting", "finished", "aborted",   "reverted"};
constexpr std::array<std::string_view, 2> strategy_names{"attach", "copy"};
constexpr std::array<std::string_view, 3> unique_names{"refuse", "key", "leaf"};
constexpr std::array<std::string_view, 4> incoming_names{"refuse", "registry", "composite", "drop"};

template <typename Enum, std::size_t Count>
Enum parsed(const std::array<std::string_view, Count>& names, const std::string& text) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end())
        throw Error(ExitCode::refused,
                    fmt::format("the job's state says \"{}\", which this version does not know", text),
                    "use the version of tripmig that wrote it");
    return static_cast<Enum>(found - names.begin());
}

json to_json(const db::IncomingKey& key) {
    return {{"schema", key.table.schema},
            {"table", key.table.name},
            {"name", key.name},
            {"columns", key.columns},
            {"referenced", key.referenced},
            {"tail", key.tail},
            {"comment", key.comment ? json(*key.comment) : json()}};
}

db::IncomingKey incoming_key(const json& document) {
    db::IncomingKey key;
    key.table = {document.at("schema").get<std::string>(), document.at("table").get<std::string>()};
    key.name = document.at("name").get<std::string>();
    key.columns = document.at("columns").get<std::vector<std::string>>();
    key.referenced = document.at("referenced").get<std::vector<std::string>>();
    key.tail = document.at("tail").get<std::string>();
    if (!document.at("comment").is_null())
        key.comment = document.at("comment").get<std::string>();
    return key;
}

json to_json(const db::ConstraintInfo& key) {
    return {{"name", key.name},
            {"definition", key.definition},
            {"schema", key.references.schema},
            {"table", key.references.name},
            {"comment", key.comment ? json(*key.comment) : json()}};
}

db::ConstraintInfo outgoing_key(const json& document) {
    db::ConstraintInfo key;
    key.kind = 'f';
    key.name = document.at("name").get<std::string>();
    key.definition = document.at("definition").get<std::string>();
    key.references = {document.at("schema").get<std::string>(), document.at("table").get<std::string>()};
    if (!document.at("comment").is_null())
        key.comment = document.at("comment").get<std::string>();
    return key;
}

json to_json(const UniqueWithoutKey& index) {
    return {{"name", index.name}, {"tail", index.tail}, {"constraint", index.is_constraint}};
}

json to_json(const CompositePart& part) {
    return {{"schema", part.table.schema}, {"table", part.table.name}, {"name", part.name},
            {"column", part.column},       {"adds", part.adds_column}, {"next_block", part.next_block}};
}

CompositePart composite_part(const json& document) {
    return {{document.at("schema").get<std::string>(), document.at("table").get<std::string>()},
            document.at("name").get<std::string>(),
            document.at("column").get<std::string>(),
            document.at("adds").get<bool>(),
            document.at("next_block").get<std::int64_t>()};
}

json to_json(const JobPolicy& policy) {
    return {{"name", policy.name},
            {"premake", policy.premake},
            {"start", policy.start ? json(*policy.start) : json()},
            {"max_create", policy.max_create ? json(*policy.max_create) : json()},
            {"unique_ids", policy.unique_ids},
            {"dropped_keys", policy.dropped_keys},
            {"file_choices", policy.file_choices}};
}

std::optional<JobPolicy> job_policy(const json& document) {
    if (!document.contains("policy"))
        return std::nullopt;
    const json& kept = document.at("policy");
    JobPolicy policy;
    kept.at("name").get_to(policy.name);
    kept.at("premake").get_to(policy.premake);
    if (!kept.at("start").is_null())
        policy.start = kept.at("start").get<std::string>();
    if (!kept.at("max_create").is_null())
        policy.max_create = kept.at("max_create").get<int>();
    kept.at("unique_ids").get_to(policy.unique_ids);
    kept.at("dropped_keys").get_to(policy.dropped_keys);
    kept.at("file_choices").get_to(policy.file_choices);
    return policy;
}

json to_json(const State& state) {
    json narrow = json::array();
    for (const UniqueWithoutKey& index : state.unique_without_key)
        narrow.push_back(to_json(index));
    json dropped = json::array();
    for (const db::IncomingKey& key : state.dropped)
        dropped.push_back(to_json(key));
    json composite = json::array();
    for (const CompositePart& part : state.composite)
        composite.push_back(to_json(part));
    json outgoing = json::array();
    for (const db::ConstraintInfo& key : state.outgoing)
        outgoing.push_back(to_json(key));
    json matviews = json::array();
    for (const DependentView& view : state.matviews)
        matviews.push_back({{"schema", view.name.schema}, {"name", view.name.name}, {"query", view.query}});
    json document{{"format", state.is_unique_per_leaf() ? State::current_format : 1},
                  {"strategy", to_string(state.strategy)},
                  {"parent", {{"schema", state.parent.schema}, {"name", state.parent.name}}},
                  {"bound", state.bound},
                  {"key", state.key},
                  {"key_type", state.key_type},
                  {"interval", state.interval},
                  {"cut", state.boundary},
                  {"was_empty", state.was_empty},
                  {"key_was_nullable", state.key_was_nullable},
                  {"incoming_foreign_keys", incoming_names.at(static_cast<std::size_t>(state.incoming))},
                  {"registry", state.has_registry},
                  {"replaces_functions", state.replaces_functions},
                  {"leaf", state.leaf},
                  {"primary_key", state.primary_key},
                  {"row_key", state.row_key},
                  {"unique_indexes", unique_names.at(static_cast<std::size_t>(state.unique_indexes))},
                  {"narrow", narrow},
                  {"dropped", dropped},
                  {"composite", composite},
                  {"shape", state.shape},
                  {"fingerprint", state.fingerprint},
                  {"outgoing", outgoing},
                  {"matviews", matviews},
                  {"load", {{"blocks", state.blocks}, {"filenode", state.filenode}}},
                  {"must_compare", state.must_compare},
                  {"measured",
                   {{"attempts", state.measured.attempts},
                    {"lock_wait_us", state.measured.lock_wait_us},
                    {"lock_held_us", state.measured.lock_held_us},
                    {"at", state.measured.at}}}};
    if (state.policy)
        document["policy"] = to_json(*state.policy);
    return document;
}

void read(const json& document, State& state) {
    state.strategy = parsed<config::SwapStrategy>(strategy_names, document.at("strategy").get<std::string>());
    document.at("parent").at("schema").get_to(state.parent.schema);
    document.at("parent").at("name").get_to(state.parent.name);
    document.at("bound").get_to(state.bound);
    document.at("key").get_to(state.key);
    document.at("key_type").get_to(state.key_type);
    document.at("interval").get_to(state.interval);
    document.at("cut").get_to(state.boundary);
    document.at("was_empty").get_to(state.was_empty);
    document.at("key_was_nullable").get_to(state.key_was_nullable);
    state.incoming =
        parsed<config::IncomingForeignKeys>(incoming_names, document.at("incoming_foreign_keys").get<std::string>());
    document.at("registry").get_to(state.has_registry);
    state.replaces_functions = document.value("replaces_functions", false);
    document.at("leaf").get_to(state.leaf);
    document.at("primary_key").get_to(state.primary_key);
    state.row_key = document.value("row_key", std::vector<std::string>());
    // The job of an older version has none but those that the key was added to.
    state.unique_indexes =
        parsed<config::UniqueIndexes>(unique_names, document.value("unique_indexes", std::string("key")));
    const json narrow = document.value("narrow", json::array());
    for (const json& index : narrow)
        state.unique_without_key.push_back({index.at("name").get<std::string>(), index.at("tail").get<std::string>(),
                                            index.at("constraint").get<bool>()});
    for (const json& key : document.at("dropped"))
        state.dropped.push_back(incoming_key(key));
    const json composite = document.value("composite", json::array());
    for (const json& part : composite)
        state.composite.push_back(composite_part(part));
    document.at("shape").get_to(state.shape);
    state.fingerprint = document.value("fingerprint", std::vector<std::string>());
    for (const json& key : document.at("outgoing"))
        state.outgoing.push_back(outgoing_key(key));
    const json matviews = document.value("matviews", json::array());
    for (const json& view : matviews)
        state.matviews.push_back({{view.at("schema").get<std::string>(), view.at("name").get<std::string>()},
                                  view.at("query").get<std::string>()});
    const json& load = document.at("load");
    load.at("blocks").get_to(state.blocks);
    load.at("filenode").get_to(state.filenode);
    state.policy = job_policy(document);
    state.must_compare = document.value("must_compare", false);
    const json& measured = document.at("measured");
    measured.at("attempts").get_to(state.measured.attempts);
    measured.at("lock_wait_us").get_to(state.measured.lock_wait_us);
    measured.at("lock_held_us").get_to(state.measured.lock_held_us);
    measured.at("at").get_to(state.measured.at);
}

}  // namespace

std::string_view to_string(config::SwapStrategy strategy) {
    return strategy_names.at(static_cast<std::size_t>(strategy));
}

std::string_view to_string(Stage stage) {
    return stage_names.at(static_cast<std::size_t>(stage));
}

std::string State::leaf_index() const {
    return sql::truncated_name("tripmig_key_" + table.name);
}
std::string State::range_check() const {
    return sql::truncated_name("tripmig_bound_" + table.name);
}
std::string State::null_check() const {
    return sql::truncated_name("tripmig_not_null_" + table.name);
}
std::string State::former_key_index() const {
    return sql::truncated_name("tripmig_former_" + table.name);
}

std::string State::index_with_key(const std::string& name) {
    return sql::truncated_name(with_key_prefix, name);
}
std::string State::former_index(const std::string& name) {
    return sql::truncated_name("tripmig_former_", name);
}

db::Job to_job(const State& state) {
    db::Job job;
    job.id = state.job;
    job.kind = "swap";
    job.table = state.table;
    job.stage = to_string(state.stage);
    job.state = to_json(state).dump();
    return job;
}

State from_job(const db::Job& job) {
    if (job.kind != "swap")
        throw Error(ExitCode::refused,
                    fmt::format("a {} of {} is under way (job {})", job.kind, sql::quoted(job.table), job.id),
                    "finish it first");
    State state;
    state.job = job.id;
    state.table = job.table;
    state.stage = parsed<Stage>(stage_names, job.stage);
    try {
        const json document = json::parse(job.state);
        if (document.at("format").get<int>() > State::current_format)
            throw Error(ExitCode::refused,
                        fmt::format("job {} on {} was written by tripmig {}, in a form that this version does not know",
                                    job.id, sql::quoted(job.table), job.tool_version),
                        "use that version of tripmig or a newer one");
        read(document, state);
    } catch (const json::exception& problem) {
        throw Error(ExitCode::unexpected, fmt::format("the state of job {} is not readable", job.id))
            .with_detail(problem.what());
    }
    return state;
}

Step journal(const State& state, const std::string& state_schema) {
    return db::record_job_step(state_schema, to_job(state));
}

Step journal(State state, Stage stage, const std::string& state_schema) {
    state.stage = stage;
    return journal(state, state_schema);
}

}  // namespace tripmig::job
