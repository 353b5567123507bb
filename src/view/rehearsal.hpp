#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "migrate/rehearse/watch.hpp"

namespace tripmig::view {

/// One file, applied once.
struct RehearsedFile {
    std::string file;
    std::string_view direction;  ///< "up", "down", "up again"
    std::chrono::milliseconds duration{0};
    std::vector<migrate::SeenStatement> statements;
    std::vector<std::string> differences;  ///< of the schema, to what it should be behind this file
};

/// Whom a statement would keep waiting: "readers and writers of orders, writers of users"; empty: nobody.
std::string blocked_by(const migrate::SeenStatement& statement);

std::string rehearsal_text(const std::vector<RehearsedFile>& files);
nlohmann::ordered_json rehearsal_json(const std::vector<RehearsedFile>& files);

}  // namespace tripmig::view
