#pragma once

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/exit_code.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"

namespace CLI {
class App;
}

namespace tripmig::cli {

/// What a command is given when it runs: configuration loaded, reporter chosen, signals caught.
struct Context {
    const config::Config& config;
    Reporter& reporter;
    const StopSignal& stop;
    const Clock& clock;
    std::ostream& out;  ///< stdout: results only
    bool json = false;  ///< --json: one document on stdout
    const std::map<std::string, std::string>& environment;
};

using Action = std::function<ExitCode(Context&)>;

/// What a command needs before it runs. `sandbox` and `new` work without a configuration file's database.
class Commands {
  public:
    /// Says what runs when that subcommand is the one that was chosen. The innermost chosen subcommand wins.
    void add(const CLI::App* subcommand, Action action) { m_actions[subcommand] = std::move(action); }
    [[nodiscard]] const std::map<const CLI::App*, Action>& actions() const noexcept { return m_actions; }

  private:
    std::map<const CLI::App*, Action> m_actions;
};

// One function a command, each in a file of its name: declares the options, and what runs.
void add_up(CLI::App& app, Commands& commands);
void add_down(CLI::App& app, Commands& commands);
void add_status(CLI::App& app, Commands& commands);
void add_validate(CLI::App& app, Commands& commands);
void add_new(CLI::App& app, Commands& commands);
void add_lint(CLI::App& app, Commands& commands);
void add_partition(CLI::App& app, Commands& commands);
void add_swap(CLI::App& app, Commands& commands);
void add_sandbox(CLI::App& app, Commands& commands);

}  // namespace tripmig::cli
