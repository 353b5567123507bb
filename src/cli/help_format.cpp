#include "cli/help_format.hpp"

#include <sstream>

namespace tripmig::cli {

namespace {

constexpr std::size_t columns = 80;

/// The part of what an option takes that fits on one line: its type, "=default", "...". What it needs, excludes or
/// may be is said by the description and by the error.
std::string value_text(const CLI::Option& option) {
    if (option.get_type_size() == 0)
        return {};
    const std::string type = option.get_type_name();
    std::string text = type.substr(0, type.find(':'));
    if (!text.empty() && text.front() != '[')
        text.insert(0, " ");
    if (!option.get_default_str().empty())
        text += "=" + option.get_default_str();
    if (option.get_expected_max() == CLI::detail::expected_max_vector_size)
        text += " ...";
    return text;
}

}  // namespace

std::string wrapped(const std::string& text, std::size_t width) {
    std::string lines;
    std::istringstream paragraphs(text);
    for (std::string paragraph; std::getline(paragraphs, paragraph);) {
        std::size_t column = 0;
        std::istringstream words(paragraph);
        for (std::string word; words >> word; column += word.size()) {
            if (column > 0) {
                const bool fits = column + 1 + word.size() <= width;
                lines += fits ? ' ' : '\n';
                column = fits ? column + 1 : 0;
            }
            lines += word;
        }
        lines += '\n';
    }
    if (!lines.empty())
        lines.pop_back();
    return lines;
}

std::string HelpFormat::make_description(const CLI::App* app) const {
    return wrapped(app->get_description(), columns) + "\n";
}

/// Paragraphs are wrapped. Headings, which end in a colon, and indented lines, which are examples, stay as they are.
std::string HelpFormat::make_footer(const CLI::App* app) const {
    std::string text;
    std::string paragraph;
    const auto end_paragraph = [&] {
        text += paragraph.empty() ? "" : wrapped(paragraph, columns) + "\n";
        paragraph.clear();
    };
    std::istringstream lines(app->get_footer());
    for (std::string line; std::getline(lines, line);) {
        const bool is_prose = !line.empty() && line.front() != ' ' && line.back() != ':';
        if (is_prose) {
            paragraph += (paragraph.empty() ? "" : " ") + line;
            continue;
        }
        end_paragraph();
        text += line + "\n";
    }
    end_paragraph();
    return text;
}

std::string HelpFormat::make_subcommand(const CLI::App* sub) const {
    std::stringstream out;
    CLI::detail::format_help(out, sub->get_display_name(true), wrapped(sub->get_description(), columns - column_width_),
                             column_width_);
    return out.str();
}

/// Without the value that a flag stands for: "--dry-run", not "--dry-run{text}".
std::string HelpFormat::make_option_name(const CLI::Option* option, bool is_positional) const {
    const std::string name = Formatter::make_option_name(option, is_positional);
    return name.substr(0, name.find('{'));
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
    return wrapped(option->get_description(), columns - column_width_);
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
    return option->nonpositional() ? value_text(*option) : std::string();
}

}  // namespace tripmig::cli
