#include "db/pipeline.hpp"

#include <libpq-fe.h>

namespace tripmig::db {

bool Pipeline::queue(const Step& step, const std::set<std::string>& prepared) {
    std::vector<const char*> values;
    values.reserve(step.parameters.size());
    for (const auto& parameter : step.parameters)
        values.push_back(parameter ? parameter->c_str() : nullptr);
    const int count = static_cast<int>(values.size());
    if (step.prepare_as.empty()) {
        m_answers.push_back({&step, false});
        return PQsendQueryParams(m_connection, step.sql.c_str(), count, nullptr, values.data(), nullptr, nullptr, 0) !=
               0;
    }
    if (prepared.count(step.prepare_as) == 0) {
        m_answers.push_back({&step, true});
        if (PQsendPrepare(m_connection, step.prepare_as.c_str(), step.sql.c_str(), 0, nullptr) == 0)
            return false;
    }
    m_answers.push_back({&step, false});
    return PQsendQueryPrepared(m_connection, step.prepare_as.c_str(), count, values.data(), nullptr, nullptr, 0) != 0;
}

bool Pipeline::send(const std::vector<Step>& steps, const std::set<std::string>& prepared) {
    if (PQenterPipelineMode(m_connection) == 0)
        return false;
    for (const Step& step : steps)
        if (!queue(step, prepared))
            return false;
    return PQpipelineSync(m_connection) != 0;
}

}  // namespace tripmig::db
