#include "view/migration_findings.hpp"

#include <nlohmann/json.hpp>

namespace tripmig::view {

nlohmann::json findings_json(const std::vector<migrate::Finding>& findings) {
    nlohmann::json list = nlohmann::json::array();
    for (const migrate::Finding& finding : findings)
        list.push_back({{"file", finding.file},
                        {"error", finding.is_error},
                        {"message", finding.message},
                        {"hint", finding.hint}});
    return list;
}

}  // namespace tripmig::view
