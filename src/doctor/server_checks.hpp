#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/doctor_config.hpp"
#include "doctor/finding.hpp"
#include "doctor/server_facts.hpp"

namespace tripmig::doctor {

/// A slot as the server keeps WAL for it.
struct Slot {
    std::string name;
    bool is_active = false;
    std::string wal_status;  ///< reserved, extended, unreserved, lost
    std::optional<std::int64_t> kept;
};

/// What the group `server` looks at.
struct ServerFacts {
    int version = 0;
    Seen<Parameters> parameters;
    Seen<std::vector<PartitionTree>> trees;
    Seen<std::vector<Slot>> slots;
    Seen<std::vector<db::EventTrigger>> event_triggers;
};

Seen<std::vector<Slot>> read_slots(Reader& reader);
ServerFacts read_server(Reader& reader, int version);

/// Pure.
std::vector<Check> check_server(const ServerFacts& server, const config::DoctorConfig& expected);

}  // namespace tripmig::doctor
