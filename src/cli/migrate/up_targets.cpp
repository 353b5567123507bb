#include "cli/migrate/up_targets.hpp"
#include "view/error_json.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "base/error.hpp"
#include "cli/migrate/dry_run.hpp"
#include "cli/migrate/hidden_values.hpp"
#include "config/targets.hpp"
#include "report/table.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace chr = std::chrono;

namespace {

/// Says of every event which target it is of.
class TargetReporter final : public Reporter {
  public:
    TargetReporter(Reporter& reporter, const std::string& target) : m_reporter(reporter), m_target(target) {}

    void emit(const Event& event) override {
        Event told = event;
        told.message = m_target + ": " + told.message;
        told.fields.emplace_back("target", m_target);
        if (told.progress)
            told.progress->task = m_target + ": " + told.progress->task;
        m_reporter.emit(told);
    }

  private:
    Reporter& m_reporter;
    const std::string& m_target;
};

/// What became of one target.
struct Outcome {
    const config::Target* target = nullptr;
    bool was_started = false;
    std::optional<Error> failure;
    UpResult result;
    std::string preview;  ///< what --dry-run printed
    chr::milliseconds took{0};

    [[nodiscard]] std::string word() const {
        if (!was_started)
            return "not started";
        if (failure)
            return "failed";
        return result.applied.empty() ? "up to date" : fmt::format("{} applied", result.applied.size());
    }
};

/// A failure of one target does not end the others: it is kept.
void run_one(Context& context, const UpOptions& options, Outcome& outcome) {
    outcome.was_started = true;
    config::Config config = context.config;
    config.database = outcome.target->database;
    TargetReporter reporter(context.reporter, outcome.target->name);
    std::ostringstream out;
    Context own{{config, reporter, context.stop, context.clock, context.environment}, out, context.json};
    const auto started = context.clock.steady();
    try {
        if (options.dry_run.empty()) {
            run_up(own, options, outcome.result);
            reporter.info("target.done", outcome.word());
        } else {
            preview_up(own, options);
            outcome.preview = out.str();
        }
    } catch (const Error& error) {
        outcome.failure = without_values(error, config.migrations.placeholders);
    } catch (const std::exception& error) {
        outcome.failure = Error(ExitCode::unexpected, error.what());
    }
    outcome.took = chr::duration_cast<chr::milliseconds>(context.clock.steady() - started);
    if (outcome.failure)
        reporter.emit({Severity::error, "target.failed", describe(*outcome.failure), {}, {}});
}

void run_canaries(Context& context, const UpOptions& options, std::vector<Outcome>& outcomes, std::size_t count) {
    for (std::size_t i = 0; i < count && !context.stop.is_raised(); ++i) {
        run_one(context, options, outcomes[i]);
        if (!outcomes[i].failure)
            continue;
        context.reporter.warning("target.canary", fmt::format("{} went first and failed: no other target is begun",
                                                              outcomes[i].target->name));
        return;
    }
}

void run_rest(Context& context, const UpOptions& options, const TargetOptions& targets, std::vector<Outcome>& outcomes,
              std::size_t first) {
    std::atomic<std::size_t> next{first};
    std::atomic<bool> has_failed{false};
    const auto work = [&] {
        for (std::size_t i = next++; i < outcomes.size(); i = next++) {
            if (context.stop.is_raised() || (has_failed && !targets.keeps_going))
                return;
            run_one(context, options, outcomes[i]);
            if (outcomes[i].failure)
                has_failed = true;
        }
    };
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < std::min(targets.jobs, outcomes.size() - first); ++i)
        workers.emplace_back(work);
    for (std::thread& worker : workers)
        worker.join();
}

/// Each target's own preview, under its name. `context.json`: one document.
void print_previews(Context& context, const std::vector<Outcome>& outcomes, const std::string& format) {
    if (context.json || format == "json") {
        nlohmann::json document{{"targets", nlohmann::json::array()}};
        for (const Outcome& outcome : outcomes) {
            nlohmann::json target{{"name", outcome.target->name}};
            if (!outcome.preview.empty())
                target.update(nlohmann::json::parse(outcome.preview));
            if (outcome.failure)
                target["error"] = view::error_json(*outcome.failure);
            document["targets"].push_back(std::move(target));
        }
        context.out << view::json_text(document) << '\n';
        return;
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const Outcome& outcome = outcomes[i];
        context.out << (i == 0 ? "" : "\n") << (format == "sql" ? "-- " : "") << "target " << outcome.target->name
                    << (outcome.was_started ? outcome.failure ? ": failed\n" : "\n" : ": not started\n")
                    << outcome.preview;
    }
}

void print_json(Context& context, const std::vector<Outcome>& outcomes) {
    nlohmann::json document{{"targets", nlohmann::json::array()}};
    for (const Outcome& outcome : outcomes) {
        nlohmann::json target{{"name", outcome.target->name},
                              {"result", !outcome.was_started             ? "not started"
                                         : outcome.failure                ? "failed"
                                         : outcome.result.applied.empty() ? "up to date"
                                                                          : "applied"},
                              {"version", outcome.result.version},
                              {"applied", nlohmann::json::array()},
                              {"duration_ms", outcome.took.count()}};
        for (const migrate::AppliedFile& file : outcome.result.applied)
            target["applied"].push_back(applied_file_json(file));
        if (outcome.failure)
            target["error"] = view::error_json(*outcome.failure);
        document["targets"].push_back(std::move(target));
    }
    context.out << view::json_text(document) << '\n';
}

void print_text(Context& context, const std::vector<Outcome>& outcomes) {
    using Align = report::Table::Align;
    report::Table table({{"target"}, {"result"}, {"version"}, {"ms", Align::right}, {"error"}});
    for (const Outcome& outcome : outcomes)
        table.add_row({outcome.target->name, outcome.word(), outcome.result.version,
                       outcome.was_started ? fmt::format("{}", outcome.took.count()) : "",
                       outcome.failure ? fmt::format("exit code {}: {}", to_int(outcome.failure->code()),
                                                     outcome.failure->message())
                                       : ""});
    context.out << table.to_string();
}

}  // namespace

void add_target_options(CLI::App& command, TargetOptions& options) {
    CLI::Option* all = command.add_flag("--all", options.is_all, "Every database of [[targets]] in tripmig.toml");
    const auto only_with_all = [all](CLI::Option* option) { option->needs(all); };
    only_with_all(
        command
            .add_option("--targets-from", options.from,
                        "With --all: the targets of this file (.toml, or a line each: name, connection string)")
            ->type_name("FILE"));
    only_with_all(command.add_option("--jobs", options.jobs, "With --all: so many databases at once")
                      ->type_name("N")
                      ->check(CLI::Range(1, 256))
                      ->capture_default_str());
    only_with_all(command
                      .add_option("--canary", options.canary,
                                  "With --all: the first N go alone; when one fails no other is begun")
                      ->type_name("N")
                      ->check(CLI::Range(0, 1'000'000))
                      ->capture_default_str());
    only_with_all(
        command.add_flag("--keep-going", options.keeps_going, "With --all: begin further targets although one failed"));
}

ExitCode up_targets(Context& context, const UpOptions& options, const TargetOptions& targets) {
    const std::vector<config::Target> all = targets.from.empty()
                                                ? config::load_targets(context.config, std::filesystem::current_path())
                                                : config::load_targets_from(targets.from, context.config.database);
    std::vector<Outcome> outcomes(all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
        outcomes[i].target = &all[i];
    const auto failed = [](const Outcome& outcome) { return outcome.failure.has_value(); };
    const std::size_t canaries = std::min(targets.canary, all.size());
    run_canaries(context, options, outcomes, canaries);
    if (std::none_of(outcomes.begin(), outcomes.end(), failed))
        run_rest(context, options, targets, outcomes, canaries);
    if (!options.dry_run.empty())
        print_previews(context, outcomes, options.dry_run);
    else if (context.json)
        print_json(context, outcomes);
    else
        print_text(context, outcomes);
    context.stop.check();
    return std::any_of(outcomes.begin(), outcomes.end(), failed) ? ExitCode::partly_failed : ExitCode::ok;
}

}  // namespace tripmig::cli
