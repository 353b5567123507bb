#include "view/html/page.hpp"

#include "base/version.hpp"
#include "view/html/markup.hpp"
#include "view/html/parts.hpp"
#include "view/html/style.hpp"

namespace tripmig::view::html {

namespace {

Markup head(const Texts& texts) {
    return element(
        "head",
        empty_element("meta", {{"charset", "utf-8"}}) +
            empty_element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}) +
            empty_element("meta", {{"http-equiv", "Content-Security-Policy"},
                                   {"content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}}) +
            empty_element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}) +
            empty_element("link", {{"rel", "icon"}, {"href", "data:,"}}) + element("title", texts.title) +
            element("style", Markup::literal(style_sheet())));
}

std::string page(const Texts& texts, const Markup& body) {
    return "<!DOCTYPE html>\n" +
           element("html", {{"lang", std::string(texts.code)}}, head(texts) + element("body", body)).html() + "\n";
}

/// A section's place in the page, its heading, and what the summary says of it.
struct Part {
    const char* anchor;
    std::string_view title;
    Card card;
    Markup content;
};

std::vector<Part> parts_of(const app::Report& report, const Texts& texts) {
    std::vector<Part> parts;
    parts.push_back({"migrations", texts.migrations, migrations_card(report.migrations, texts),
                     migrations_part(report.migrations, texts)});
    parts.push_back({"partitions", texts.partitions, partitions_card(report.partitions, texts),
                     partitions_part(report.partitions, texts)});
    parts.push_back({"jobs", texts.jobs, jobs_card(report.jobs, texts), jobs_part(report.jobs, texts)});
    parts.push_back({"findings", texts.findings, findings_card(report.findings, texts),
                     findings_part(report.findings, report.findings_at, texts)});
    return parts;
}

Markup summary(const std::vector<Part>& parts, const Texts& texts) {
    Markup cards;
    for (const Part& part : parts)
        cards += element(
            "li",
            element("a", {{"href", fmt::format("#{}", part.anchor)}, {"class", std::string(style_of(part.card.mood))}},
                    element("strong", part.title) + Markup::text(part.card.text)));
    return element("nav", {{"aria-label", std::string(texts.summary)}}, element("ul", {{"class", "cards"}}, cards));
}

Markup outdated_note(const Texts& texts, const std::string& why) {
    return note(Markup::text(texts.outdated) + empty_element("br", {}) + Markup::text(why), Mood::bad);
}

Markup page_footer(const Texts& texts) {
    return element("footer", element("p", said(texts.made_by, version())));
}

}  // namespace

std::string report_page(const app::Report& report, const PageOptions& options) {
    const Texts& texts = texts_in(options.language);
    const std::vector<Part> parts = parts_of(report, texts);
    Markup top = element("h1", texts.title);
    top += element("p", {{"class", "soft"}},
                   name(report.database) + Markup::literal("<br>") +
                       Markup::text(said(texts.as_of, time_text(report.at) + " UTC")));
    if (options.outdated_because)
        top += outdated_note(texts, *options.outdated_because);
    Markup sections;
    for (const Part& part : parts) {
        const std::string heading = fmt::format("{}-title", part.anchor);
        sections += element("section", {{"id", part.anchor}, {"aria-labelledby", heading}},
                            element("h2", {{"id", heading}}, Markup::text(part.title)) + part.content);
    }
    return page(texts, element("header", top + summary(parts, texts)) + element("main", sections) + page_footer(texts));
}

std::string empty_page(const std::string& why, const PageOptions& options) {
    const Texts& texts = texts_in(options.language);
    return page(texts,
                element("header", element("h1", texts.title)) +
                    element("main", note(Markup::text(texts.unreadable) + empty_element("br", {}) + Markup::text(why),
                                         Mood::bad)) +
                    page_footer(texts));
}

}  // namespace tripmig::view::html
