#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "app/report/watch.hpp"
#include "http/request.hpp"
#include "view/html/language.hpp"

namespace tripmig::cli {

/// What `serve` answers, made of what its watch has read. Each page is made once per read, however many ask for it.
class Published {
  public:
    /// `watch` must outlive it. `metrics_file`: its runs are among the metrics; empty: there is none.
    Published(const app::ReportWatch& watch, std::filesystem::path metrics_file, view::html::Language language);

    /// One thread at a time.
    http::Response answer(const http::Request& request);

  private:
    http::Response make(const std::string& path, view::html::Language language, const app::Watched& watched) const;
    [[nodiscard]] view::html::Language language_of(const http::Request& request) const;

    const app::ReportWatch& m_watch;
    std::filesystem::path m_metrics_file;
    view::html::Language m_language;
    std::uint64_t m_reads = 0;
    std::string m_failure;
    std::map<std::string, http::Response> m_made;  ///< of that read: by path and language
};

}  // namespace tripmig::cli
