#include "job/state/parts.hpp"

#include <optional>

namespace tripmig::job {

using nlohmann::json;

namespace {

std::optional<std::string> optional_text(const json& value) {
    return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

}  // namespace

json write_name(const QualifiedName& name) {
    return {{"schema", name.schema}, {"name", name.name}};
}

QualifiedName read_name(const json& document) {
    return {document.at("schema").get<std::string>(), document.at("name").get<std::string>()};
}

std::vector<UniqueWithoutKey> read_unique_indexes(const json& list) {
    std::vector<UniqueWithoutKey> indexes;
    for (const json& each : list)
        indexes.push_back({each.at("name").get<std::string>(), each.at("tail").get<std::string>(),
                           each.at("constraint").get<bool>()});
    return indexes;
}

std::vector<db::IncomingKey> read_incoming_keys(const json& list) {
    std::vector<db::IncomingKey> keys;
    for (const json& each : list) {
        db::IncomingKey key;
        key.table = {each.at("schema").get<std::string>(), each.at("table").get<std::string>()};
        each.at("name").get_to(key.name);
        each.at("columns").get_to(key.columns);
        each.at("referenced").get_to(key.referenced);
        each.at("tail").get_to(key.tail);
        key.comment = optional_text(each.at("comment"));
        keys.push_back(std::move(key));
    }
    return keys;
}

std::vector<CompositePart> read_composite(const json& list) {
    std::vector<CompositePart> parts;
    for (const json& each : list)
        parts.push_back({{each.at("schema").get<std::string>(), each.at("table").get<std::string>()},
                         each.at("name").get<std::string>(),
                         each.at("column").get<std::string>(),
                         each.at("adds").get<bool>(),
                         each.at("next_block").get<std::int64_t>()});
    return parts;
}

std::vector<db::ConstraintInfo> read_outgoing_keys(const json& list) {
    std::vector<db::ConstraintInfo> keys;
    for (const json& each : list) {
        db::ConstraintInfo key;
        key.kind = 'f';
        each.at("name").get_to(key.name);
        each.at("definition").get_to(key.definition);
        key.references = {each.at("schema").get<std::string>(), each.at("table").get<std::string>()};
        key.comment = optional_text(each.at("comment"));
        keys.push_back(std::move(key));
    }
    return keys;
}

std::vector<DependentView> read_views(const json& list) {
    std::vector<DependentView> views;
    for (const json& each : list)
        views.push_back({read_name(each), each.at("query").get<std::string>()});
    return views;
}

Measured read_measured(const json& document) {
    return {document.at("attempts").get<int>(), document.at("lock_wait_us").get<std::int64_t>(),
            document.at("lock_held_us").get<std::int64_t>(), document.at("at").get<std::string>()};
}

JobPolicy read_policy(const json& document) {
    JobPolicy policy;
    document.at("name").get_to(policy.name);
    document.at("premake").get_to(policy.premake);
    policy.start = optional_text(document.at("start"));
    if (!document.at("max_create").is_null())
        policy.max_create = document.at("max_create").get<int>();
    document.at("unique_ids").get_to(policy.unique_ids);
    document.at("dropped_keys").get_to(policy.dropped_keys);
    document.at("file_choices").get_to(policy.file_choices);
    if (document.contains("outliers"))  // an older version's job has none
        policy.outliers = value_named<config::Outliers>(outlier_names, document.at("outliers").get<std::string>());
    if (document.contains("told_max_create") && !document.at("told_max_create").is_null())
        policy.told_max_create = document.at("told_max_create").get<int>();
    return policy;
}

}  // namespace tripmig::job
