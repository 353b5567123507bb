#pragma once

#include <optional>
#include <string>

#include "app/report/report.hpp"
#include "view/html/language.hpp"

namespace tripmig::view::html {

struct PageOptions {
    Language language = Language::english;
    std::optional<std::string> outdated_because;  ///< why the report is not of now; nullopt: it is
};

/// One page that needs nothing else: no script, no other file, no network.
std::string report_page(const app::Report& report, const PageOptions& options);

/// The page of a server that nobody has read yet.
std::string empty_page(const std::string& why, const PageOptions& options);

}  // namespace tripmig::view::html
