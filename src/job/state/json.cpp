#include "job/state/json.hpp"

#include "job/state/before_format_3.hpp"
#include "job/state/parts.hpp"

namespace tripmig::job {

using nlohmann::json;

namespace {

enum class KindIndex { attach, copy, split, empty, merge, drain };  // the order of State::kind, then other verbs
constexpr std::array<std::string_view, 6> kind_names{"attach", "copy", "split", "empty", "merge", "drain"};

/// An older version refuses a verb that it does not know, as it should.
std::string_view kind_name(const State& state) {
    return state.is<PartitionJob>() ? to_string(state.partition().verb) : kind_names.at(state.kind.index());
}

template <typename Value>
json or_null(const std::optional<Value>& value) {
    return value ? json(*value) : json();
}

json write_incoming_keys(const std::vector<db::IncomingKey>& keys) {
    json list = json::array();
    for (const db::IncomingKey& key : keys)
        list.push_back({{"schema", key.table.schema},
                        {"table", key.table.name},
                        {"name", key.name},
                        {"columns", key.columns},
                        {"referenced", key.referenced},
                        {"tail", key.tail},
                        {"comment", or_null(key.comment)}});
    return list;
}

json write_swap(const SwapPart& part) {
    json unique = json::array();
    for (const UniqueWithoutKey& index : part.unique_without_key)
        unique.push_back({{"name", index.name}, {"tail", index.tail}, {"constraint", index.is_constraint}});
    json composite = json::array();
    for (const CompositePart& key : part.composite)
        composite.push_back({{"schema", key.table.schema},
                             {"table", key.table.name},
                             {"name", key.name},
                             {"column", key.column},
                             {"adds", key.adds_column},
                             {"next_block", key.next_block}});
    json matviews = json::array();
    for (const DependentView& view : part.matviews)
        matviews.push_back({{"schema", view.name.schema}, {"name", view.name.name}, {"query", view.query}});
    return {{"key_was_nullable", part.key_was_nullable},
            {"incoming_foreign_keys", incoming_key_names.at(static_cast<std::size_t>(part.incoming))},
            {"registry", part.has_registry},
            {"replaces_functions", part.replaces_functions},
            {"unique_without_key", unique},
            {"dropped", write_incoming_keys(part.dropped)},
            {"composite", composite},
            {"matviews", matviews}};
}

json write_load(const LoadPart& part) {
    return {{"blocks", part.blocks}, {"filenode", part.filenode}, {"must_compare", part.must_compare}};
}

json write_copy(const CopyPart& part) {
    json outgoing = json::array();
    for (const db::ConstraintInfo& key : part.outgoing)
        outgoing.push_back({{"name", key.name},
                            {"definition", key.definition},
                            {"schema", key.references.schema},
                            {"table", key.references.name},
                            {"comment", or_null(key.comment)}});
    return {{"row_key", part.row_key}, {"shape", part.shape}, {"outgoing", outgoing}};
}

json write_sources(const std::vector<SourcePartition>& sources) {
    json list = json::array();
    for (const SourcePartition& source : sources)
        list.push_back({{"schema", source.name.schema},
                        {"table", source.name.name},
                        {"bound", source.bound},
                        {"oid", source.oid},
                        {"blocks", source.blocks},
                        {"filenode", source.filenode}});
    return list;
}

/// What a kind of job has beside its parts.
struct WriteOwn {
    json& document;

    void operator()(const AttachJob& job) const { document["boundary"] = job.boundary; }
    void operator()(const CopyJob& /*job*/) const {}
    void operator()(const EmptyJob& job) const { document["strategy"] = to_string(job.strategy); }
    void operator()(const PartitionJob& job) const {
        document["parent"] = write_name(job.parent);
        document["bound"] = job.bound;
        if (job.verb == PartitionVerb::merge) {
            document["into"] = write_name(job.into);
            document["more"] = write_sources(job.more);
        }
        if (job.verb == PartitionVerb::drain)
            document["limit"] = or_null(job.limit);
        document["keeps_old"] = job.keeps_old;
    }
};

/// The same three parts for every kind; which of them it has, its type says.
template <typename Kind>
void write_kind(const Kind& job, json& document) {
    if constexpr (std::is_base_of_v<SwapPart, Kind>)
        document["swap"] = write_swap(job);
    if constexpr (std::is_base_of_v<LoadPart, Kind>)
        document["load"] = write_load(job);
    if constexpr (std::is_base_of_v<CopyPart, Kind>)
        document["copy"] = write_copy(job);
    WriteOwn{document}(job);
}

void read_swap(const json& document, SwapPart& part) {
    document.at("key_was_nullable").get_to(part.key_was_nullable);
    part.incoming = value_named<config::IncomingForeignKeys>(incoming_key_names,
                                                             document.at("incoming_foreign_keys").get<std::string>());
    document.at("registry").get_to(part.has_registry);
    document.at("replaces_functions").get_to(part.replaces_functions);
    part.unique_without_key = read_unique_indexes(document.at("unique_without_key"));
    part.dropped = read_incoming_keys(document.at("dropped"));
    part.composite = read_composite(document.at("composite"));
    part.matviews = read_views(document.at("matviews"));
}

void read_load(const json& document, LoadPart& part) {
    document.at("blocks").get_to(part.blocks);
    document.at("filenode").get_to(part.filenode);
    document.at("must_compare").get_to(part.must_compare);
}

void read_copy(const json& document, CopyPart& part) {
    document.at("row_key").get_to(part.row_key);
    document.at("shape").get_to(part.shape);
    part.outgoing = read_outgoing_keys(document.at("outgoing"));
}

std::vector<SourcePartition> read_sources(const json& list) {
    std::vector<SourcePartition> sources;
    for (const json& each : list)
        sources.push_back({{each.at("schema").get<std::string>(), each.at("table").get<std::string>()},
                           each.at("bound").get<std::string>(),
                           each.at("oid").get<std::uint32_t>(),
                           each.at("blocks").get<std::int64_t>(),
                           each.at("filenode").get<std::int64_t>()});
    return sources;
}

struct ReadOwn {
    const json& document;

    void operator()(AttachJob& job) const { document.at("boundary").get_to(job.boundary); }
    void operator()(CopyJob& /*job*/) const {}
    void operator()(EmptyJob& job) const {
        job.strategy = document.at("strategy").get<std::string>() == "copy" ? config::SwapStrategy::copy
                                                                            : config::SwapStrategy::attach;
    }
    void operator()(PartitionJob& job) const {
        job.parent = read_name(document.at("parent"));
        document.at("bound").get_to(job.bound);
        if (document.contains("into"))
            job.into = read_name(document.at("into"));
        if (document.contains("more"))
            job.more = read_sources(document.at("more"));
        if (document.contains("limit") && !document.at("limit").is_null())
            job.limit = document.at("limit").get<int>();
        job.keeps_old = document.value("keeps_old", true);
    }
};

template <typename Kind>
Kind read_kind(const json& document) {
    Kind job;
    if constexpr (std::is_base_of_v<SwapPart, Kind>)
        read_swap(document.at("swap"), job);
    if constexpr (std::is_base_of_v<LoadPart, Kind>)
        read_load(document.at("load"), job);
    if constexpr (std::is_base_of_v<CopyPart, Kind>)
        read_copy(document.at("copy"), job);
    ReadOwn{document}(job);
    return job;
}

void read_document(const json& document, State& state) {
    document.at("key").get_to(state.key);
    document.at("key_type").get_to(state.key_type);
    document.at("interval").get_to(state.interval);
    document.at("old_name").get_to(state.old_name);
    document.at("primary_key").get_to(state.primary_key);
    state.unique_indexes =
        value_named<config::UniqueIndexes>(unique_index_names, document.at("unique_indexes").get<std::string>());
    document.at("fingerprint").get_to(state.fingerprint);
    if (document.contains("policy"))
        state.policy = read_policy(document.at("policy"));
    state.measured = read_measured(document.at("measured"));
    const auto kind = value_named<KindIndex>(kind_names, document.at("kind").get<std::string>());
    switch (kind) {
        case KindIndex::attach:
            state.kind = read_kind<AttachJob>(document);
            break;
        case KindIndex::copy:
            state.kind = read_kind<CopyJob>(document);
            break;
        case KindIndex::split:
        case KindIndex::merge:
        case KindIndex::drain:
            state.kind = read_kind<PartitionJob>(document);
            state.edit_partition().verb = kind == KindIndex::merge   ? PartitionVerb::merge
                                          : kind == KindIndex::drain ? PartitionVerb::drain
                                                                     : PartitionVerb::split;
            break;
        case KindIndex::empty:
            state.kind = read_kind<EmptyJob>(document);
            break;
    }
}

}  // namespace

std::string write_state(const State& state) {
    json document{{"format", state_format},
                  {"kind", kind_name(state)},
                  {"key", state.key},
                  {"key_type", state.key_type},
                  {"interval", state.interval},
                  {"old_name", state.old_name},
                  {"primary_key", state.primary_key},
                  {"unique_indexes", unique_index_names.at(static_cast<std::size_t>(state.unique_indexes))},
                  {"fingerprint", state.fingerprint},
                  {"measured",
                   {{"attempts", state.measured.attempts},
                    {"lock_wait_us", state.measured.lock_wait_us},
                    {"lock_held_us", state.measured.lock_held_us},
                    {"at", state.measured.at}}}};
    if (const auto& policy = state.policy)
        document["policy"] = {{"name", policy->name},
                              {"premake", policy->premake},
                              {"start", or_null(policy->start)},
                              {"max_create", or_null(policy->max_create)},
                              {"unique_ids", policy->unique_ids},
                              {"dropped_keys", policy->dropped_keys},
                              {"file_choices", policy->file_choices},
                              {"outliers", outlier_names.at(static_cast<std::size_t>(policy->outliers))},
                              {"told_max_create", or_null(policy->told_max_create)}};
    std::visit([&](const auto& job) { write_kind(job, document); }, state.kind);
    return document.dump();
}

void read_state(const std::string& text, State& state) {
    const json document = json::parse(text);
    const int format = document.at("format").get<int>();
    if (format > state_format)
        throw Error(
            ExitCode::refused,
            fmt::format("the job's state has format {}, but this version knows format {}", format, state_format),
            "use the version of tripmig that wrote it, or a newer one");
    read_document(format < 3 ? upgraded_to_format_3(document) : document, state);
}

}  // namespace tripmig::job
