#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tripmig {

/// The document as text, indented by `indent` blanks, on one line for -1. Bytes that are no UTF-8 (a file's name, a
/// server's words in another encoding) become U+FFFD: a document is always printed.
template <typename Json>
std::string json_text(const Json& document, int indent = 2) {
    return document.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tripmig
