#include "view/help/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/replace_all.hpp"
#include "view/pages.hpp"

namespace tripmig::view {

namespace {

/// A code, and what a page says of it.
struct Entry {
    std::string code;
    std::string text;
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

/// The cells of a line of a table: "| a | b |". A bar after a backslash belongs to its cell.
std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    std::string cell;
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (line[i] == '|' && line[i - 1] != '\\') {
            cells.emplace_back(trimmed(cell));
            cell.clear();
        } else {
            cell += line[i];
        }
    }
    for (std::string& each : cells)
        replace_all(each, "\\|", "|");
    return cells;
}

/// A line of a table under the headings of its columns: "well when: ...".
std::string explained(const std::vector<std::string>& headings, const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 1; i < std::min(headings.size(), cells.size()); ++i)
        if (!cells[i].empty())
            text += fmt::format("{}: {}\n", headings[i], cells[i]);
    return text;
}

/// Every line of the page's tables whose first column is called `heading`; "130, 143" are two codes.
void add_rows(std::vector<Entry>& entries, std::string_view page_name, std::string_view heading) {
    std::vector<std::string> headings;
    for (const std::string_view line : lines_of(page(page_name))) {
        if (line.empty() || line.front() != '|') {
            headings.clear();
            continue;
        }
        const std::vector<std::string> cells = cells_of(line);
        if (headings.empty()) {
            headings = cells;
            continue;
        }
        if (headings.front() != heading || cells.front().rfind("---", 0) == 0)
            continue;
        std::string codes = cells.front();
        replace_all(codes, "`", "");
        for (std::size_t at = 0; at != std::string::npos;) {
            const std::size_t comma = codes.find(", ", at);
            entries.push_back(
                {codes.substr(at, comma == std::string::npos ? comma : comma - at), explained(headings, cells)});
            at = comma == std::string::npos ? comma : comma + 2;
        }
    }
}

/// Every "### rule" of the page with the text below it.
void add_sections(std::vector<Entry>& entries, std::string_view page_name) {
    bool is_inside = false;
    for (const std::string_view line : lines_of(page(page_name))) {
        if (line.rfind("### ", 0) == 0) {
            entries.push_back({std::string(line.substr(4)), ""});
            is_inside = true;
        } else if (line.rfind("## ", 0) == 0) {
            is_inside = false;
        } else if (is_inside && !(entries.back().text.empty() && line.empty())) {
            entries.back().text += std::string(line) + '\n';
        }
    }
}

std::vector<Entry> all_entries() {
    std::vector<Entry> entries;
    add_rows(entries, "exit-codes", "code");
    add_rows(entries, "doctor", "check");
    add_sections(entries, "lint");
    return entries;
}

}  // namespace

std::vector<std::string> page_names() {
    std::vector<std::string> names;
    for (const generated::Page& each : generated::pages)
        names.emplace_back(each.name);
    return names;
}

std::string_view page(std::string_view name) {
    for (const generated::Page& each : generated::pages)
        if (each.name == name)
            return each.text;
    return {};
}

std::string explain(std::string_view code) {
    for (const Entry& entry : all_entries())
        if (entry.code == code)
            return entry.text.substr(0, entry.text.find_last_not_of('\n') + 1) + '\n';
    return "";
}

nlohmann::json page_json(std::string_view name) {
    return {{"page", name}, {"text", page(name)}};
}

nlohmann::json explanation_json(std::string_view code, std::string_view text) {
    return {{"code", code}, {"text", text}};
}

std::vector<std::string> explained_codes() {
    std::vector<std::string> codes;
    for (const Entry& entry : all_entries())
        codes.push_back(entry.code);
    return codes;
}

}  // namespace tripmig::view
