#include "view/migrate/findings.hpp"

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

nlohmann::json stopped_at_json(const std::optional<migrate::HalfWay>& half_way) {
    if (!half_way)
        return nullptr;
    return {{"statement", half_way->next}, {"of", half_way->total}, {"line", half_way->line}};
}

}  // namespace tripmig::view
