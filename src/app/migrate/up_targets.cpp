#include "app/migrate/up_targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "app/migrate/hidden_values.hpp"
#include "config/targets.hpp"

namespace tripmig::app {

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

/// The targets of one run, and what became of each.
class TargetRun {
  public:
    TargetRun(const Context& context, const UpOptions& options, const TargetOptions& how,
              const std::vector<config::Target>& targets)
        : m_context(context), m_options(options), m_how(how), m_targets(targets) {
        for (const config::Target& target : targets)
            m_result.targets.push_back({target.name, false, std::nullopt, {}, {}, {}});
    }

    TargetsResult run() {
        const std::size_t canaries = std::min(m_how.canary, m_targets.size());
        run_canaries(canaries);
        if (!m_result.has_failed())
            run_rest(canaries);
        return std::move(m_result);
    }

  private:
    void run_canaries(std::size_t count) {
        for (std::size_t i = 0; i < count && !m_context.stop.is_raised(); ++i) {
            run_one(i);
            if (!m_result.targets[i].failure)
                continue;
            m_context.reporter.warning(
                "target.canary", fmt::format("{} went first and failed: no other target starts", m_targets[i].name));
            return;
        }
    }

    void run_rest(std::size_t first) {
        std::atomic<std::size_t> next{first};
        std::atomic<bool> has_failed{false};
        const auto work = [&] {
            for (std::size_t i = next++; i < m_targets.size(); i = next++) {
                if (m_context.stop.is_raised() || (has_failed && !m_how.keeps_going))
                    return;
                run_one(i);
                if (m_result.targets[i].failure)
                    has_failed = true;
            }
        };
        std::vector<std::thread> workers;
        for (std::size_t i = 0; i < std::min(m_how.jobs, m_targets.size() - first); ++i)
            workers.emplace_back(work);
        for (std::thread& worker : workers)
            worker.join();
    }

    /// A failure of one target does not end the others: it is kept.
    void run_one(std::size_t index) {
        TargetOutcome& outcome = m_result.targets[index];
        outcome.was_started = true;
        config::Config config = m_context.config;
        config.database = m_targets[index].database;
        TargetReporter reporter(m_context.reporter, m_targets[index].name);
        const Context own{config, reporter, m_context.stop, m_context.clock, m_context.environment, m_context.command};
        const auto started = m_context.clock.steady();
        try {
            apply(own, outcome);
        } catch (const Error& error) {
            outcome.failure = without_values(error, config.migrations.placeholders);
        } catch (const std::exception& error) {
            outcome.failure = Error(ExitCode::unexpected, error.what());
        }
        outcome.took = chr::duration_cast<chr::milliseconds>(m_context.clock.steady() - started);
        if (outcome.failure)
            reporter.emit({Severity::error, "target.failed", describe(*outcome.failure), {}, {}});
    }

    void apply(const Context& own, TargetOutcome& outcome) const {
        if (m_how.is_dry_run) {
            outcome.preview = preview_up(own, m_options);
            return;
        }
        apply_migrations(own, m_options, outcome.result);
        const std::size_t applied = outcome.result.applied.size();
        own.reporter.info("target.done", applied == 0 ? "up to date" : fmt::format("{} applied", applied));
    }

    const Context& m_context;
    const UpOptions& m_options;
    const TargetOptions& m_how;
    const std::vector<config::Target>& m_targets;
    TargetsResult m_result;
};

}  // namespace

bool TargetsResult::has_failed() const {
    return std::any_of(targets.begin(), targets.end(), [](const auto& target) { return target.failure.has_value(); });
}

TargetsResult up_targets(const Context& context, const UpOptions& options, const TargetOptions& targets) {
    const std::vector<config::Target> all = targets.from.empty()
                                                ? config::load_targets(context.config, std::filesystem::current_path())
                                                : config::load_targets_from(targets.from, context.config.database);
    return TargetRun(context, options, targets, all).run();
}

}  // namespace tripmig::app
