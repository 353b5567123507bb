#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "db/catalog/event_trigger.hpp"
#include "db/connection.hpp"
#include "db/transport.hpp"
#include "doctor/finding.hpp"
#include "doctor/reader.hpp"

namespace tripmig::doctor {

/// Who we are, and how we came there.
struct SessionFacts {
    db::Transport transport;
    std::string description;  ///< "host=... dbname=... user=..."
    std::string database;
    std::string role;
    int version = 0;  ///< 150018
    std::string version_text;
    bool is_pooled = false;                   ///< another process answers than the one that we connected to
    bool has_direct_url = false;              ///< it was given, and is where we are
    bool allows_pooler = false;               ///< pooler = "session"
    std::chrono::milliseconds clock_skew{0};  ///< this machine's clock less the server's, at least
    bool is_superuser = false;
    bool sees_statistics = false;
    bool has_state = false;
    bool may_use_state = false;
    bool is_standby = false;
    bool is_read_only = false;
};

/// A server parameter as it runs.
struct Parameter {
    std::string setting;  ///< a number in `unit`, or a word
    std::string unit;     ///< "8kB", "ms"; empty: none
    std::string type;     ///< pg_settings.vartype
    bool pending_restart = false;
};

using Parameters = std::map<std::string, Parameter>;

/// A partitioned table as a whole.
struct PartitionTree {
    QualifiedName table;
    std::int64_t partitions = 0;
    std::int64_t locks = 0;  ///< what a query takes that reads all of it
    std::vector<std::string> key;
};

/// All but what the configuration knows: transport, direct URL, pooler.
SessionFacts read_session(Reader& reader, const Clock& clock, const std::string& state_schema);
Parameters read_parameters(Reader& reader);
std::vector<PartitionTree> read_partition_trees(Reader& reader);

/// In bytes, milliseconds or a plain number: what `name` is set to. 0: not known.
double parameter_number(const Parameters& parameters, const std::string& name);

}  // namespace tripmig::doctor
