#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace tripmig::cli {

/// --help for a terminal of 80 columns: descriptions are wrapped between words, and a positional argument is shown
/// without its type.
class HelpFormat : public CLI::Formatter {
  public:
    std::string make_description(const CLI::App* app) const override;
    std::string make_subcommand(const CLI::App* sub) const override;
    std::string make_footer(const CLI::App* app) const override;
    std::string make_option_name(const CLI::Option* option, bool is_positional) const override;
    std::string make_option_desc(const CLI::Option* option) const override;
    std::string make_option_opts(const CLI::Option* option) const override;
};

/// The text with line ends between its words, so that no line has more than `width` columns, where a word does not.
std::string wrapped(const std::string& text, std::size_t width);

}  // namespace tripmig::cli
