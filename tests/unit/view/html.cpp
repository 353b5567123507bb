#include <doctest/doctest.h>

#include <regex>
#include <string>

#include "contains.hpp"
#include "support/sample_report.hpp"
#include "view/html/bars.hpp"
#include "view/html/markup.hpp"
#include "view/html/page.hpp"
#include "view/html/svg.hpp"

using namespace tripmig;
using namespace tripmig::view::html;
using test::contains;

namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

/// Every tag that is opened is closed, in order.
bool is_well_formed(const std::string& page) {
    static const std::regex tag("<(/?)([a-z0-9]+)[^>]*?(/?)>");
    std::vector<std::string> open;
    for (std::sregex_iterator each(page.begin(), page.end(), tag), end; each != end; ++each) {
        if ((*each)[3].length() > 0 || (*each)[2] == "br")
            continue;
        if ((*each)[1].length() == 0) {
            open.push_back((*each)[2]);
        } else {
            if (open.empty() || open.back() != (*each)[2])
                return false;
            open.pop_back();
        }
    }
    return open.empty();
}

}  // namespace

TEST_CASE("text is escaped, whatever it is") {
    CHECK(Markup::text("<b>&\"'</b>").html() == "&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;");
    CHECK(Markup::text("caf\xC3\xA9 \xED\x95\x9C \xF0\x9F\x98\x80").html() ==
          "caf\xC3\xA9 \xED\x95\x9C \xF0\x9F\x98\x80");
    for (const char* bad : {"\xFF", "\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x01", "\x7F", "\xC2\x85"})
        CHECK_MESSAGE(contains(Markup::text(bad).html(), "\xEF\xBF\xBD"), bad);
    CHECK(Markup::text("\xE2\x82").html() == "\xEF\xBF\xBD\xEF\xBF\xBD");  // cut off
    CHECK(Markup::text("a\n\tb").html() == "a\n\tb");
    CHECK(element("a", {{"title", "\"><script>"}}, Markup::text("x")).html() ==
          "<a title=\"&quot;&gt;&lt;script&gt;\">x</a>");
}

TEST_CASE("a picture has its label, and its shapes in units of its own") {
    Svg svg(24, 100, "two \"bars\"");
    svg.rectangle(1, 2.126, 10, 46, "past", "<1>");
    const std::string html = svg.markup("bars").html();
    CHECK(contains(html, "viewBox=\"0 0 24 100\""));
    CHECK(contains(html, "role=\"img\" aria-label=\"two &quot;bars&quot;\""));
    CHECK(contains(
        html, "<rect x=\"1\" y=\"2.13\" width=\"10\" height=\"46\" class=\"past\"><title>&lt;1&gt;</title></rect>"));
}

TEST_CASE("a bar for each partition, with what it is to its policy") {
    partition::TableStatus table = test::daily_table({"public", "t"}, 30);
    table.leaves[12].is_detach_pending = true;
    table.default_partition = partition::LeafStatus{};
    const std::vector<Bar> bars = bars_of(table);
    REQUIRE(bars.size() == 31);
    CHECK(bars[0].kind == BarKind::expired);
    CHECK(bars[0].name == "public.\"t_2026-02-03\"");
    CHECK(bars[9].kind == BarKind::expired);
    CHECK(bars[10].kind == BarKind::past);
    CHECK(bars[12].kind == BarKind::detach_pending);
    CHECK(bars[26].kind == BarKind::present);
    CHECK(bars[27].kind == BarKind::future);
    CHECK(bars[30].kind == BarKind::default_partition);
    CHECK(bars[0].from == "2026-02-03");
    CHECK(bars[30].from.empty());
}

TEST_CASE("above 500 partitions those of a year and kind share a bar, and nothing is lost") {
    CHECK(bars_of(test::daily_table({"public", "t"}, 500)).size() == 500);
    const partition::TableStatus table = test::daily_table({"public", "t"}, 10'000);
    const std::vector<Bar> bars = bars_of(table);
    CHECK(bars.size() >= 28);
    CHECK(bars.size() <= 32);
    std::size_t partitions = 0;
    std::int64_t rows = 0;
    for (const Bar& bar : bars) {
        partitions += bar.partitions;
        rows += bar.rows;
    }
    std::int64_t expected = 0;
    for (const partition::LeafStatus& leaf : table.leaves)
        expected += *leaf.rows;
    CHECK(partitions == 10'000);
    CHECK(rows == expected);
    CHECK(bars.front().kind == BarKind::expired);
    CHECK(bars.front().partitions == 10);
    CHECK(bars.back().kind == BarKind::future);
    CHECK(bars.back().partitions == 3);
}

TEST_CASE("where there are no years, or too many, bars are few all the same") {
    partition::TableStatus table = test::daily_table({"public", "t"}, 3'000);
    table.key = ddl::KeyType::bigint;
    CHECK(bars_of(table).size() <= most_bars);
    CHECK(bars_of(table).size() > 50);
}

TEST_CASE("a report is one page that needs nothing else, and hostile names are text in it") {
    for (const Language language : {Language::english, Language::korean}) {
        const std::string page = report_page(test::sample_report(test::hostile, 40), {language, {}});
        CHECK(is_well_formed(page));
        CHECK_FALSE(contains(page, "<script"));
        CHECK(contains(page, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;"));
        CHECK_FALSE(contains(page, "\xFF"));
        for (const char* outside : {"src=", "url(", "@import", "href=\"http", "<link rel=\"stylesheet"})
            CHECK_MESSAGE(!contains(page, outside), outside);
        CHECK(count_of(page, "<h1") == 1);
        CHECK(count_of(page, "<section") == 4);
        for (const char* id : {"migrations", "partitions", "jobs", "findings"}) {
            CHECK(contains(page, std::string("<a href=\"#") + id + "\""));
            CHECK(contains(page, std::string("<section id=\"") + id + "\""));
        }
    }
}

TEST_CASE("a report tells what there is, in two languages") {
    const std::string english = report_page(test::sample_report("orders", 40), {});
    for (const char* text : {"<html lang=\"en\">",
                             "1 pending",
                             "ACCESS EXCLUSIVE on public.orders",
                             "87 ms",
                             "1234 ms",
                             "1 of 2 need attention",
                             "Ahead: 3 of 3, until 2026-03-05, days left: 3",
                             "Gap: no partition for [2026-02-01, 2026-02-02)",
                             "Rows in DEFAULT that belong in another partition: 17",
                             "1 open",
                             "7500 of 20000 blocks (37 %)",
                             "20.5 MB/s",
                             "5 s",
                             "1,234",
                             "replica orders is 12 s behind",
                             "Waited for the locks",
                             "41.2 ms",
                             "18.7 ms",
                             "errors: 1, warnings: 1",
                             "VACUUM (FREEZE, VERBOSE) orders",
                             "past retention",
                             "ahead (premake)",
                             "DEFAULT"})
        CHECK_MESSAGE(contains(english, text), text);
    const std::string korean = report_page(test::sample_report("orders", 40), {Language::korean, {}});
    for (const char* text :
         {"<html lang=\"ko\">", "대기 1건", "2개 중 1개 확인 필요", "진행 중 1건", "오류 1건, 경고 1건",
          "미리 만든 파티션: 3개 중 3개", "20000블록 중 7500블록(37 %)", "lang=\"en\""})
        CHECK_MESSAGE(contains(korean, text), text);
    CHECK_FALSE(contains(english, "Outdated"));
    CHECK(contains(report_page(test::sample_report("orders", 40), {Language::english, "connection refused"}),
                   "connection refused"));
}

TEST_CASE("a section that could not be read says why; the others are there") {
    app::Report report = test::sample_report("orders", 40);
    report.migrations = {nullptr, Error(ExitCode::usage, "there is no directory <migrations>", "make one")};
    const std::string page = report_page(report, {});
    CHECK(contains(page, "there is no directory &lt;migrations&gt;"));
    CHECK(contains(page, "hint: make one"));
    CHECK(contains(page, "1 of 2 need attention"));
    CHECK(is_well_formed(page));
    CHECK(contains(empty_page("no <server>", {}), "no &lt;server&gt;"));
}

TEST_CASE("a report of 10,000 partitions is below 2 MB, and one of 500 in each of ten tables too") {
    CHECK(report_page(test::sample_report("orders", 10'000), {}).size() < 2'000'000);
    app::PartitionStatus status;
    for (int i = 0; i < 10; ++i)
        status.result.tables.push_back(test::daily_table({"public", "orders_" + std::to_string(i)}, 500));
    app::Report report = test::sample_report("orders", 40);
    report.partitions = test::found(std::move(status));
    const std::size_t size = report_page(report, {}).size();
    CHECK_MESSAGE(size < 4'000'000, size);
}

TEST_CASE("a language has a word for everything") {
    for (const Language language : {Language::english, Language::korean}) {
        const Texts& texts = texts_in(language);
        for (const std::string_view kind : texts.kinds)
            CHECK_FALSE(kind.empty());
        for (const std::string_view text :
             {texts.title, texts.as_of, texts.outdated, texts.migrations, texts.partitions, texts.jobs, texts.findings,
              texts.picture, texts.waits, texts.no_jobs})
            CHECK_FALSE(text.empty());
    }
}
