#pragma once

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/context.hpp"
#include "base/exit_code.hpp"
#include "report/metrics_file.hpp"

namespace CLI {
class App;
}

namespace tripmig::cli {

/// What a command is given when it runs: configuration loaded, reporter chosen, signals caught; and where its result
/// goes.
struct Context : app::Context {
    std::ostream& out;                               ///< stdout: results only
    bool& json;                                      ///< --json: one document on stdout, the error's when it fails
    std::vector<report::TableMetrics> metrics = {};  ///< what a command found of tables, for the metrics file
};

using Action = std::function<ExitCode(Context&)>;

/// What must stand before a command can run.
enum class Needs {
    configuration,  ///< tripmig.toml, environment and flags are read and checked first
    nothing         ///< works under a broken configuration too; Context::config holds the defaults
};

/// A command: what runs, and what it needs first.
struct Command {
    Action action;
    Needs needs = Needs::configuration;
};

/// Which subcommand does what.
class Commands {
  public:
    /// Says what runs when that subcommand is the one that was chosen. The innermost chosen subcommand wins.
    void add(const CLI::App* subcommand, Action action, Needs needs = Needs::configuration) {
        m_commands[subcommand] = {std::move(action), needs};
    }

    /// nullptr: that subcommand only groups others.
    [[nodiscard]] const Command* find(const CLI::App* subcommand) const {
        const auto found = m_commands.find(subcommand);
        return found == m_commands.end() ? nullptr : &found->second;
    }

  private:
    std::map<const CLI::App*, Command> m_commands;
};

// One function a command, each in a file of its name: declares the options, and what runs.
void add_up(CLI::App& app, Commands& commands);
void add_down(CLI::App& app, Commands& commands);
void add_redo(CLI::App& app, Commands& commands);
void add_status(CLI::App& app, Commands& commands);
void add_validate(CLI::App& app, Commands& commands);
void add_new(CLI::App& app, Commands& commands);
void add_baseline(CLI::App& app, Commands& commands);
void add_adopt(CLI::App& app, Commands& commands);
void add_repair(CLI::App& app, Commands& commands);
void add_lint(CLI::App& app, Commands& commands);
void add_rehearse(CLI::App& app, Commands& commands);
void add_dump(CLI::App& app, Commands& commands);
void add_wait(CLI::App& app, Commands& commands);
void add_partition(CLI::App& app, Commands& commands);
void add_swap(CLI::App& app, Commands& commands);
void add_audit(CLI::App& app, Commands& commands);
void add_sandbox(CLI::App& app, Commands& commands);
void add_explain(CLI::App& app, Commands& commands);
void add_help(CLI::App& app, Commands& commands);
void add_completion(CLI::App& app, Commands& commands);

}  // namespace tripmig::cli
