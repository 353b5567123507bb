#include "job/state/before_format_3.hpp"

#include "job/state/parts.hpp"

namespace tripmig::job {

using nlohmann::json;

namespace {

SwapPart swap_part(const json& document) {
    SwapPart part;
    document.at("key_was_nullable").get_to(part.key_was_nullable);
    part.incoming = value_named<config::IncomingForeignKeys>(incoming_key_names,
                                                             document.at("incoming_foreign_keys").get<std::string>());
    document.at("registry").get_to(part.has_registry);
    part.replaces_functions = document.value("replaces_functions", false);
    part.unique_without_key = read_unique_indexes(document.value("narrow", json::array()));
    part.dropped = read_incoming_keys(document.at("dropped"));
    part.composite = read_composite(document.value("composite", json::array()));
    part.matviews = read_views(document.value("matviews", json::array()));
    return part;
}

LoadPart load_part(const json& document) {
    const json& load = document.at("load");
    return {load.at("blocks").get<std::int64_t>(), load.at("filenode").get<std::int64_t>(),
            document.value("must_compare", false)};
}

CopyPart copy_part(const json& document) {
    return {load_part(document), document.value("row_key", std::vector<std::string>()),
            document.at("shape").get<std::vector<std::string>>(), read_outgoing_keys(document.at("outgoing"))};
}

}  // namespace

void read_state_before_3(const json& document, State& state) {
    document.at("key").get_to(state.key);
    document.at("key_type").get_to(state.key_type);
    document.at("interval").get_to(state.interval);
    document.at("leaf").get_to(state.old_name);
    document.at("primary_key").get_to(state.primary_key);
    // The job of an older version has none but those that the key was added to.
    state.unique_indexes =
        value_named<config::UniqueIndexes>(unique_index_names, document.value("unique_indexes", std::string("key")));
    state.fingerprint = document.value("fingerprint", std::vector<std::string>());
    if (document.contains("policy"))
        state.policy = read_policy(document.at("policy"));
    state.measured = read_measured(document.at("measured"));
    const bool is_copy = document.at("strategy").get<std::string>() == "copy";
    if (const QualifiedName parent = read_name(document.at("parent")); !parent.name.empty())
        state.kind = SplitJob{copy_part(document), parent, document.at("bound").get<std::string>()};
    else if (document.at("was_empty").get<bool>())
        state.kind = EmptyJob{swap_part(document), is_copy ? config::SwapStrategy::copy : config::SwapStrategy::attach};
    else if (is_copy)
        state.kind = CopyJob{swap_part(document), copy_part(document)};
    else
        state.kind = AttachJob{swap_part(document), load_part(document), document.at("cut").get<std::string>()};
}

}  // namespace tripmig::job
