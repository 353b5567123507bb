#include "job/state/state.hpp"

#include <array>
#include <utility>

#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

constexpr std::array<std::string_view, 14> stage_names{
    "begun",         "staged",   "capturing", "loaded",    "registered", "indexed", "ready",
    "range_checked", "cut_over", "complete",  "reverting", "finished",   "aborted", "reverted"};

constexpr std::array<std::string_view, 2> strategy_names{"attach", "copy"};
constexpr std::array<std::string_view, 3> verb_names{"split", "merge", "drain"};

/// The part of that type in a kind of job that has it; else nullptr.
template <typename Part, typename Kinds>
auto* part_in(Kinds& kinds) {
    using Found = std::conditional_t<std::is_const_v<Kinds>, const Part, Part>;
    return std::visit(
        [](auto& job) -> Found* {
            if constexpr (std::is_base_of_v<Part, std::decay_t<decltype(job)>>)
                return &job;
            else
                return nullptr;
        },
        kinds);
}

template <typename Part, typename Kinds>
const Part& part_or_none(const Kinds& kinds) {
    static const Part none;
    const Part* part = part_in<Part>(kinds);
    return part != nullptr ? *part : none;
}

template <typename Part, typename Kinds>
Part& part_to_edit(Kinds& kinds) {
    Part* part = part_in<Part>(kinds);
    if (part == nullptr)
        throw std::bad_variant_access();
    return *part;
}

}  // namespace

std::string_view to_string(PartitionVerb verb) {
    return verb_names.at(static_cast<std::size_t>(verb));
}

std::string_view to_string(config::SwapStrategy strategy) {
    return strategy_names.at(static_cast<std::size_t>(strategy));
}

std::optional<Stage> stage_named(std::string_view name) {
    for (std::size_t number = 0; number < stage_names.size(); ++number)
        if (stage_names.at(number) == name)
            return static_cast<Stage>(number);
    return std::nullopt;
}

std::string_view to_string(Stage stage) {
    return stage_names.at(static_cast<std::size_t>(stage));
}

config::SwapStrategy State::strategy() const noexcept {
    if (const EmptyJob* empty = std::get_if<EmptyJob>(&kind))
        return empty->strategy;
    return copies() ? config::SwapStrategy::copy : config::SwapStrategy::attach;
}

const SwapPart& State::swap() const {
    return part_or_none<SwapPart>(kind);
}
const LoadPart& State::load() const {
    return part_or_none<LoadPart>(kind);
}
const CopyPart& State::copy() const {
    return part_or_none<CopyPart>(kind);
}

const std::string& State::boundary() const {
    static const std::string none;
    const AttachJob* attach = std::get_if<AttachJob>(&kind);
    return attach != nullptr ? attach->boundary : none;
}

const QualifiedName& State::parent() const {
    return partition().parent;
}
const std::string& State::bound() const {
    return partition().bound;
}
const PartitionJob& State::partition() const {
    return part_or_none<PartitionJob>(kind);
}
PartitionJob& State::edit_partition() {
    return part_to_edit<PartitionJob>(kind);
}

std::vector<QualifiedName> State::sources() const {
    std::vector<QualifiedName> names{table};
    for (const SourcePartition& source : partition().more)
        names.push_back(source.name);
    return names;
}

std::int64_t State::blocks_to_load() const {
    std::int64_t blocks = load().blocks;
    for (const SourcePartition& source : partition().more)
        blocks += source.blocks;
    return blocks;
}

QualifiedName State::rest_name() const {
    return {table.schema, sql::truncated_name("tripmig_rest_" + table.name)};
}

config::Outliers State::outliers() const noexcept {
    return policy && !is<PartitionJob>() ? policy->outliers : config::Outliers::own;
}

QualifiedName State::default_name() const {
    return {table.schema, sql::truncated_name(table.name, "_default")};
}

QualifiedName State::first_name() const {
    return {table.schema, sql::truncated_name(table.name, "_first")};
}

std::string State::command() const {
    return is<PartitionJob>() ? "partition " + std::string(to_string(partition().verb)) : "swap run";
}

SwapPart& State::edit_swap() {
    return part_to_edit<SwapPart>(kind);
}
LoadPart& State::edit_load() {
    return part_to_edit<LoadPart>(kind);
}
CopyPart& State::edit_copy() {
    return part_to_edit<CopyPart>(kind);
}

void State::become(config::SwapStrategy strategy, bool is_empty) {
    SwapPart part = edit_swap();
    if (is_empty)
        kind = EmptyJob{std::move(part), strategy};
    else if (strategy == config::SwapStrategy::copy && !is<CopyJob>())
        kind = CopyJob{std::move(part), {}};
    else if (strategy == config::SwapStrategy::attach && !is<AttachJob>())
        kind = AttachJob{std::move(part), {}, {}};
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

}  // namespace tripmig::job
