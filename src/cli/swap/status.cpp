#include "app/swap/status.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "cli/print.hpp"
#include "cli/swap/options.hpp"
#include "config/policy.hpp"
#include "report/sink.hpp"
#include "view/swap/status.hpp"

namespace tripmig::cli {

namespace {

/// Shows each look: in the place of the one before on a terminal, else a line when it differs.
class Screen {
  public:
    explicit Screen(Context& context)
        : m_context(context), m_is_terminal(!context.json && ::isatty(STDOUT_FILENO) != 0) {}

    void show(const app::SwapStatus& found) {
        if (m_is_terminal)
            refresh(view::swap_status_text(found));
        else if (m_context.json)
            print_line(view::json_text(view::swap_status_json(found), -1));
        else
            print_line(view::swap_status_line(found));
        m_context.out.flush();
    }

  private:
    void refresh(const std::string& text) {
        if (m_lines > 0)
            m_context.out << fmt::format("\x1b[{}A\x1b[J", m_lines);
        m_context.out << text;
        const std::size_t width = report::terminal_width(STDOUT_FILENO);
        m_lines = 0;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            m_lines += 1 + (end > at ? (end - at - 1) / width : 0);
            at = end + 1;
        }
    }
    void print_line(const std::string& line) {
        if (line == m_last)
            return;
        m_context.out << line << '\n';
        m_last = line;
    }

    Context& m_context;
    bool m_is_terminal;
    std::size_t m_lines = 0;
    std::string m_last;
};

}  // namespace

void add_swap_status(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("status", "Show how far the swap of a table is; changes nothing");
    auto table = std::make_shared<std::string>();
    auto is_watching = std::make_shared<bool>(false);
    add_table_argument(*command, *table);
    command->add_flag("--watch", *is_watching,
                      "Repeat until it is complete: in place on a terminal, otherwise one line per change");
    commands.add(command, [table, is_watching](Context& context) {
        const QualifiedName name = config::parse_table_name(*table);
        if (!*is_watching) {
            print(context, app::swap_status(context, name), view::swap_status_json, view::swap_status_text);
            return ExitCode::ok;
        }
        Screen screen(context);
        app::watch_swap(context, name, [&](const app::SwapStatus& found) { screen.show(found); });
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
