#include "doctor/server_facts.hpp"

#include "doctor/parameter_value.hpp"
#include "doctor/statements.hpp"

namespace tripmig::doctor {

namespace chr = std::chrono;

namespace {

/// The server read its clock between `before` and `after`: only what is outside of these is known to be wrong.
chr::milliseconds skew(Instant before, Instant after, double server_seconds) {
    const Instant server{chr::microseconds(static_cast<std::int64_t>(server_seconds * 1'000'000))};
    if (server < before)
        return chr::duration_cast<chr::milliseconds>(before - server);
    if (server > after)
        return chr::duration_cast<chr::milliseconds>(after - server);
    return chr::milliseconds(0);
}

}  // namespace

SessionFacts read_session(Reader& reader, const Clock& clock, const std::string& state_schema) {
    SessionFacts facts;
    facts.description = reader.connection().description();
    facts.version = reader.connection().server_version();
    const Instant before = clock.now();
    const db::Row row = reader.rows(statements::session, {state_schema}).row();
    facts.clock_skew = skew(before, clock.now(), row.decimal("now"));
    facts.is_pooled = row.number("pid") != reader.connection().protocol_backend_pid();
    facts.database = row.text("database");
    facts.role = row.text("role");
    facts.version_text = row.text("version_text");
    facts.is_superuser = row.flag("is_superuser");
    facts.sees_statistics = row.flag("sees_statistics");
    facts.has_state = row.flag("has_state");
    facts.may_use_state = row.flag("may_use_state");
    facts.is_standby = row.flag("is_standby");
    facts.is_read_only = row.flag("is_read_only");
    return facts;
}

Parameters read_parameters(Reader& reader) {
    Parameters parameters;
    for (const db::Row& row : reader.rows(statements::parameters))
        parameters[row.text("name")] = {row.text_or_empty("setting"), row.text("unit"), row.text("vartype"),
                                        row.flag("pending_restart")};
    return parameters;
}

std::vector<PartitionTree> read_partition_trees(Reader& reader) {
    std::vector<PartitionTree> trees;
    for (const db::Row& row : reader.rows(statements::partition_trees))
        trees.push_back({row.name(), row.number("partitions"), row.number("locks"), row.list("key")});
    return trees;
}

double parameter_number(const Parameters& parameters, const std::string& name) {
    const auto found = parameters.find(name);
    if (found == parameters.end())
        return 0;
    return parameter_value(found->second.setting, found->second.unit).value_or(0);
}

}  // namespace tripmig::doctor
