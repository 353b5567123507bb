#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

// What lists and small parts of a state's document are read with.

inline constexpr std::array<std::string_view, 3> unique_index_names{"refuse", "key", "leaf"};
inline constexpr std::array<std::string_view, 3> outlier_names{"own", "default", "first"};
inline constexpr std::array<std::string_view, 4> incoming_key_names{"refuse", "registry", "composite", "drop"};

/// The value that a name stands for. Throws Error{refused} for a name that this version does not know.
template <typename Enum, std::size_t Count>
Enum value_named(const std::array<std::string_view, Count>& names, const std::string& text) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end())
        throw Error(ExitCode::refused,
                    fmt::format("the job's state says \"{}\", which this version does not know", text),
                    "use the version of tripmig that wrote it");
    return static_cast<Enum>(found - names.begin());
}

nlohmann::json write_name(const QualifiedName& name);
QualifiedName read_name(const nlohmann::json& document);
std::vector<UniqueWithoutKey> read_unique_indexes(const nlohmann::json& list);
std::vector<db::IncomingKey> read_incoming_keys(const nlohmann::json& list);
std::vector<CompositePart> read_composite(const nlohmann::json& list);
std::vector<db::ConstraintInfo> read_outgoing_keys(const nlohmann::json& list);
std::vector<DependentView> read_views(const nlohmann::json& list);
Measured read_measured(const nlohmann::json& document);
JobPolicy read_policy(const nlohmann::json& document);

}  // namespace tripmig::job
