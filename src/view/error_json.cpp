#include "view/error_json.hpp"

#include <nlohmann/json.hpp>

#include "view/json_values.hpp"

namespace tripmig::view {

nlohmann::json error_json(const Error& error) {
    nlohmann::json document{{"code", to_int(error.code())},
                            {"message", error.message()},
                            {"sqlstate", text_or_null(error.sqlstate())},
                            {"detail", text_or_null(error.detail())},
                            {"hint", text_or_null(error.hint())},
                            {"position", nullptr}};
    if (const auto& position = error.position())
        document["position"] = {{"file", position->file}, {"line", position->line}, {"column", position->column}};
    return document;
}

nlohmann::json errors_json(const std::vector<Error>& errors) {
    nlohmann::json list = nlohmann::json::array();
    for (const Error& error : errors)
        list.push_back(error_json(error));
    return list;
}

}  // namespace tripmig::view
