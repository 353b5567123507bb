#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/swap_status.hpp"
#include "base/error.hpp"
#include "cli/swap/options.hpp"
#include "cli/swap/print.hpp"
#include "db/catalog/table_catalog.hpp"
#include "job/progress.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"
#include "job/triggers/own_triggers.hpp"
#include "report/sink.hpp"
#include "sql/identifier.hpp"
#include "view/json_text.hpp"
#include "view/swap.hpp"

namespace tripmig::cli {

namespace {

using nlohmann::json;

void print_without_job(Context& context, job::Session& server, const QualifiedName& table,
                       const std::vector<std::string>& problems) {
    const auto info = db::read_table(server.session(), table);
    if (!info)
        throw Error(ExitCode::refused, fmt::format("there is no table {}", sql::quoted(table)), "check the name");
    if (info->is_partitioned())
        print_swap(context, table, nullptr, problems);
    else if (context.json)
        context.out << view::json_text(json{{"table", table.schema + "." + table.name}, {"stage", "none"}}) << '\n';
    else
        context.out << fmt::format("{}: no swap was begun\n", sql::quoted(table));
}

void print_look(Context& context, job::Session& server, const QualifiedName& table, const app::SwapStatus& found) {
    if (!found.state)
        print_without_job(context, server, table, found.problems);
    else if (!found.is_open)
        print_swap(context, table, &*found.state, found.problems);
    else if (context.json)
        context.out << view::json_text(view::status_document(*found.state, found.progress)) << '\n';
    else
        context.out << view::status_text(*found.state, found.progress);
}

/// Shows each look: in the place of the one before on a terminal, else a line when it differs.
class Screen {
  public:
    explicit Screen(Context& context)
        : m_context(context), m_is_terminal(!context.json && ::isatty(STDOUT_FILENO) != 0) {}

    void show(const app::SwapStatus& found) {
        if (m_is_terminal)
            refresh(view::status_text(*found.state, found.progress));
        else if (m_context.json)
            print_line(view::json_text(view::status_document(*found.state, found.progress), -1));
        else
            print_line(view::status_line(*found.state, found.progress));
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

/// Until there is nothing left to do on the job.
void watch(Context& context, job::Session& server, const QualifiedName& table) {
    Screen screen(context);
    for (;;) {
        const app::SwapStatus found = app::read_swap_status(server, table);
        if (!found.state)
            return print_without_job(context, server, table, found.problems);
        screen.show(found);
        if (!found.is_open || found.state->stage == job::Stage::complete)
            return;
        context.stop.wait_for(std::chrono::milliseconds(500));
        context.stop.check();
    }
}

}  // namespace

void add_swap_status(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("status", "How far the swap of a table is; changes nothing");
    auto options = std::make_shared<SwapOptions>();
    auto is_watching = std::make_shared<bool>(false);
    add_table_argument(*command, *options);
    command->add_flag("--watch", *is_watching,
                      "Look again until it is complete: in place on a terminal, a line for each change elsewhere");
    commands.add(command, [options, is_watching](Context& context) {
        const QualifiedName table = config::parse_table_name(options->table);
        job::Session server(context.config, context.reporter, context.clock, context.stop);
        if (*is_watching)
            watch(context, server, table);
        else
            print_look(context, server, table, app::read_swap_status(server, table));
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
