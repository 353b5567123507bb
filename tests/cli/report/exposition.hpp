#pragma once

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

namespace tripmig::test {

/// Prometheus' text format 0.0.4, as strict as its documentation: each metric has HELP and TYPE before its samples, all
/// of them together, no sample twice, labels escaped, values that are numbers. By "name{labels}". Throws
/// std::runtime_error at the first line that is wrong.
inline std::map<std::string, double> parse_exposition(const std::string& text) {
    static const std::regex comment(R"(# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*))");
    static const std::regex sample(
        R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="(\\\\|\\"|\\n|[^"\\])*",?)*\})? ([-+0-9.eE]+|NaN|[-+]?Inf))re");
    std::map<std::string, double> values;
    std::set<std::string> declared;
    std::string current;
    if (text.empty() || text.back() != '\n')
        throw std::runtime_error("the last line has no end");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::smatch found;
        if (std::regex_match(line, found, comment)) {
            if (found[1] == "HELP" && !declared.insert(found[2]).second)
                throw std::runtime_error("declared twice: " + line);
            if (found[1] == "TYPE" && (found[2] != current || found[3] != "gauge"))
                throw std::runtime_error("a TYPE without its HELP, or of another kind: " + line);
            current = found[2];
        } else if (std::regex_match(line, found, sample)) {
            if (found[1] != current)
                throw std::runtime_error("a sample away from its metric: " + line);
            if (!values.emplace(found[1].str() + found[2].str(), std::stod(found[5])).second)
                throw std::runtime_error("a sample twice: " + line);
        } else {
            throw std::runtime_error("neither comment nor sample: " + line);
        }
    }
    return values;
}

}  // namespace tripmig::test
