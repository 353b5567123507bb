#include "view/partition/attach.hpp"

#include <nlohmann/json.hpp>

#include "view/json_values.hpp"

namespace tripmig::view {

nlohmann::json attach_json(const partition::AttachResult& result) {
    return {{"table", name_json(result.table)},
            {"partition", name_json(result.leaf.name)},
            {"from", ddl::describe(result.key, result.leaf.bounds.lower)},
            {"to", ddl::describe(result.key, result.leaf.bounds.upper)},
            {"will_be_detached", result.will_be_detached}};
}

}  // namespace tripmig::view
