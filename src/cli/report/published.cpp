#include "cli/report/published.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "report/metrics_file.hpp"
#include "view/html/page.hpp"
#include "view/json_text.hpp"
#include "view/report/report.hpp"

namespace tripmig::cli {

namespace {

using view::html::Language;

http::Response text_of(std::string type, std::string body) {
    return {200, std::move(type), std::make_shared<const std::string>(std::move(body))};
}

view::Freshness freshness_of(const app::Watched& watched) {
    return {watched.is_fresh(), watched.report || !watched.failure.empty() ? watched.failure : "not read yet"};
}

std::string page_of(const app::Watched& watched, Language language) {
    view::html::PageOptions options{language, {}};
    if (!watched.report)
        return view::html::empty_page(freshness_of(watched).why_not, options);
    if (!watched.is_fresh())
        options.outdated_because = watched.failure;
    return view::html::report_page(*watched.report, options);
}

}  // namespace

Published::Published(const app::ReportWatch& watch, std::filesystem::path metrics_file, Language language)
    : m_watch(watch), m_metrics_file(std::move(metrics_file)), m_language(language) {
}

Language Published::language_of(const http::Request& request) const {
    const std::string wanted = http::query_value(request.query, "lang");
    if (wanted == "ko")
        return Language::korean;
    return wanted == "en" ? Language::english : m_language;
}

http::Response Published::make(const std::string& path, Language language, const app::Watched& watched) const {
    if (path == "/metrics")
        return text_of("text/plain; version=0.0.4; charset=utf-8",
                       view::report_metrics(watched.report.get(), freshness_of(watched),
                                            m_metrics_file.empty() ? "" : report::read_metrics(m_metrics_file)));
    if (path == "/status.json")
        return text_of("application/json",
                       view::json_text(view::report_json(watched.report.get(), freshness_of(watched))) + '\n');
    if (path == "/")
        return text_of("text/html; charset=utf-8", page_of(watched, language));
    return http::plain_response(404, "there are /, /metrics, /status.json, /healthz and /readyz\n");
}

http::Response Published::answer(const http::Request& request) {
    if (request.path == "/healthz")
        return http::plain_response(200, "ok\n");
    const app::Watched watched = m_watch.now();
    if (request.path == "/readyz")
        return watched.is_fresh() ? http::plain_response(200, "ok\n")
                                  : http::plain_response(503, freshness_of(watched).why_not + "\n");
    if (watched.reads != m_reads || watched.failure != m_failure) {
        m_made.clear();
        m_reads = watched.reads;
        m_failure = watched.failure;
    }
    const Language language = language_of(request);
    if (request.path != "/" && request.path != "/metrics" && request.path != "/status.json")
        return make(request.path, language, watched);
    const std::string key = request.path + (language == Language::korean ? "ko" : "en");
    const auto found = m_made.find(key);
    return found != m_made.end() ? found->second
                                 : m_made.emplace(key, make(request.path, language, watched)).first->second;
}

}  // namespace tripmig::cli
