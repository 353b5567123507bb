#include "job/state/before_format_3.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace tripmig::job {

using nlohmann::json;

namespace {

json kind_in(const json& old) {
    if (!old.at("parent").at("name").get<std::string>().empty())
        return "split";
    return old.at("was_empty").get<bool>() ? json("empty") : old.at("strategy");
}

}  // namespace

json upgraded_to_format_3(const json& old) {
    const json none = json::array();
    json now{{"kind", kind_in(old)},
             {"key", old.at("key")},
             {"key_type", old.at("key_type")},
             {"interval", old.at("interval")},
             {"old_name", old.at("leaf")},
             {"primary_key", old.at("primary_key")},
             // The job of an older version has none but those that the key was added to.
             {"unique_indexes", old.value("unique_indexes", std::string("key"))},
             {"fingerprint", old.value("fingerprint", none)},
             {"measured", old.at("measured")},
             {"boundary", old.at("cut")},
             {"strategy", old.at("strategy")},
             {"parent", old.at("parent")},
             {"bound", old.at("bound")}};
    if (old.contains("policy"))
        now["policy"] = old.at("policy");
    now["swap"] = {{"key_was_nullable", old.at("key_was_nullable")},
                   {"incoming_foreign_keys", old.at("incoming_foreign_keys")},
                   {"registry", old.at("registry")},
                   {"replaces_functions", old.value("replaces_functions", false)},
                   {"unique_without_key", old.value("narrow", none)},
                   {"dropped", old.at("dropped")},
                   {"composite", old.value("composite", none)},
                   {"matviews", old.value("matviews", none)}};
    now["load"] = {{"blocks", old.at("load").at("blocks")},
                   {"filenode", old.at("load").at("filenode")},
                   {"must_compare", old.value("must_compare", false)}};
    now["copy"] = {
        {"row_key", old.value("row_key", none)}, {"shape", old.at("shape")}, {"outgoing", old.at("outgoing")}};
    return now;
}

}  // namespace tripmig::job
