#pragma once

#include <string>
#include <string_view>

#include "cli/command.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

/// On stdout. Who reads it may be slow: after a signal no more than a pipe holds is written.
/// Throws Error{interrupted or terminated} then.
void write_result(Context& context, std::string_view text);

/// With --json the result as one document on stdout, made by `json`; else as lines for people, made by `text`.
template <typename Result, typename Json>
void print(Context& context, const Result& result, Json (*json)(const Result&), std::string (*text)(const Result&)) {
    write_result(context, context.json ? view::json_text(json(result)) + '\n' : text(result));
}

/// Of a result that people have read as events already: the document alone.
template <typename Result, typename Json>
void print(Context& context, const Result& result, Json (*json)(const Result&)) {
    if (context.json)
        write_result(context, view::json_text(json(result)) + '\n');
}

}  // namespace tripmig::cli
