// report_pages FOLDER: pages of reports that no test can wait for a server to have, for tests in a browser.
#include <filesystem>
#include <fstream>

#include "support/sample_report.hpp"
#include "view/html/page.hpp"

int main(int argc, char** argv) {
    namespace html = tripmig::view::html;
    if (argc != 2)
        return 2;
    const std::filesystem::path folder = argv[1];
    const auto write = [&](const char* file, const tripmig::app::Report& report, const html::PageOptions& options) {
        std::ofstream(folder / file, std::ios::binary) << html::report_page(report, options);
    };
    write("small.html", tripmig::test::sample_report("orders", 40), {});
    write("korean.html", tripmig::test::sample_report("orders", 40), {html::Language::korean, {}});
    write("hostile.html", tripmig::test::sample_report(tripmig::test::hostile, 400),
          {html::Language::english, "refused"});
    write("large.html", tripmig::test::sample_report("orders", 10'000), {});
    return 0;
}
