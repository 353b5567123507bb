#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/doctor_config.hpp"
#include "doctor/finding.hpp"
#include "doctor/health_facts.hpp"

namespace tripmig::doctor {

/// The group `health`. Pure. `max_replica_lag`: more is told.
std::vector<Check> check_health(const HealthFacts& facts, const config::DoctorConfig& expected,
                                std::chrono::milliseconds max_replica_lag);

// Its parts.
void judge_freeze(const FreezeFacts& facts, const Parameters& running, bool is_multixact, Check& check);
void judge_dead_rows(const std::vector<DeadRows>& tables, Check& check);
void judge_bloat(const std::vector<BloatedTable>& tables, Check& check);
void judge_unanalyzed(const std::vector<UnanalyzedTable>& tables, Check& check);
void judge_transactions(const std::vector<OpenTransaction>& transactions, Check& check);
void judge_waiting(const std::vector<WaitingSession>& sessions, Check& check);
Check check_replication(const HealthFacts& facts, std::chrono::milliseconds most);
void judge_slots(const std::vector<Slot>& slots, Check& check);
Check check_connections(const HealthFacts& facts);
void judge_cache(const Activity& activity, Check& check);
void judge_disk(const Sizes& sizes, std::int64_t disk, const std::optional<db::Growth>& growth, Check& check);
Check check_archiving(const HealthFacts& facts);
Check check_backup(const HealthFacts& facts, const config::DoctorConfig& expected);

/// "3 s", "12 min", "5 h", "4 days": for people.
std::string age_text(double seconds);

}  // namespace tripmig::doctor
