#pragma once

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/event.hpp"
#include "base/exit_code.hpp"
#include "base/stop_signal.hpp"
#include "cli/command.hpp"
#include "cli/counted_output.hpp"
#include "report/metrics_file.hpp"
#include "report/reporter.hpp"

namespace tripmig::cli {

/// The options that every command takes, before or after its name.
struct GlobalOptions {
    std::string config;
    std::string url;
    std::string migrations;
    std::string dialect;
    std::string partitions;
    std::string check_drift;
    bool allow_empty = false;
    std::string log_format = "text";
    bool json = false;
    bool quiet = false;
    bool verbose = false;
    bool no_color = false;
};

/// Every command with every option, as --help shows them: for what describes the program (help, man pages, completion).
void declare_program(CLI::App& app, GlobalOptions& options, Commands& commands);

/// From the command line to the exit code: the only place that reads arguments and environment, and catches signals.
class Application {
  public:
    /// Parses, loads what the chosen command needs, runs it. `arguments` without the program's own name.
    /// Throws Error{usage} for what the command line or the configuration got wrong, and whatever the command throws.
    ExitCode run(const std::vector<std::string>& arguments);

    /// Tells the person, or the log, what went wrong; the exit code is the error's own. With --json stdout has a
    /// document then too: {"error": ...}, unless the command has printed its own.
    ExitCode fail(const Error& error);

  private:
    struct Line;
    bool understand_one_command(Line& line, const std::vector<std::string>& arguments);
    ExitCode run_chosen(const Line& line);
    ExitCode run_command(const Command& command, const app::CommandLine& line);
    void write_metrics(const std::filesystem::path& file, const report::RunMetrics& run);
    void choose_report_format(const std::string& color);
    [[nodiscard]] config::Config configuration() const;

    GlobalOptions m_options;
    std::map<std::string, std::string> m_environment;
    report::ReporterOptions m_report;
    std::unique_ptr<StopSignal> m_stop;
    std::unique_ptr<Reporter> m_reporter;
    CountedOutput m_output{std::cout};
    std::ostream m_out{&m_output};
    // Also when the command line was not understood:
    bool m_wants_json = false;
    bool m_wants_no_color = false;
};

}  // namespace tripmig::cli
