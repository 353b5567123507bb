#pragma once

#include <string>

#include "cli/command.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

/// With --json the result as one document on stdout, made by `json`; else as lines for people, made by `text`.
template <typename Result, typename Json>
void print(Context& context, const Result& result, Json (*json)(const Result&), std::string (*text)(const Result&)) {
    if (context.json)
        context.out << view::json_text(json(result)) << '\n';
    else
        context.out << text(result);
}

/// Of a result that people have read as events already: the document alone.
template <typename Result, typename Json>
void print(Context& context, const Result& result, Json (*json)(const Result&)) {
    if (context.json)
        context.out << view::json_text(json(result)) << '\n';
}

}  // namespace tripmig::cli
