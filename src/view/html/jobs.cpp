#include <cmath>

#include "report/progress_line.hpp"
#include "sql/identifier.hpp"
#include "view/html/parts.hpp"
#include "view/html/svg.hpp"
#include "view/swap/status.hpp"

namespace tripmig::view::html {

namespace {

/// What is known of a job, a line each.
class Facts {
  public:
    explicit Facts(const Texts& texts) : m_texts(texts) {}

    void add(std::string_view title, const std::string& value) {
        if (!value.empty())
            m_lines += element("dt", title) + element("dd", value);
    }
    [[nodiscard]] const Texts& texts() const { return m_texts; }
    [[nodiscard]] Markup markup() const { return element("dl", m_lines); }

  private:
    const Texts& m_texts;
    Markup m_lines;
};

std::string milliseconds_text(std::int64_t microseconds) {
    return fmt::format("{:.1f} ms", static_cast<double>(microseconds) / 1000);
}

double share_loaded(const job::State& state, const job::JobProgress& progress) {
    const auto blocks = static_cast<double>(state.blocks_to_load());
    return blocks <= 0 ? 0 : std::min(1.0, static_cast<double>(progress.blocks_done) / blocks);
}

void add_load(Facts& facts, const job::State& state, const job::JobProgress& progress) {
    if (state.stage != job::Stage::capturing || state.blocks_to_load() <= 0)
        return;
    facts.add(facts.texts().loaded, said(facts.texts().blocks, progress.blocks_done, state.blocks_to_load(),
                                         static_cast<int>(100 * share_loaded(state, progress))));
    if (progress.blocks_a_second)
        facts.add(facts.texts().rate, fmt::format("{:.1f} MB/s", *progress.blocks_a_second *
                                                                     static_cast<double>(progress.block_size) / 1e6));
    if (const auto left = job::time_left(state, progress))
        facts.add(facts.texts().left, report::for_people(std::chrono::milliseconds(std::llround(*left * 1000))));
}

void add_progress(Facts& facts, const job::State& state, const job::JobProgress& progress) {
    const Texts& texts = facts.texts();
    add_load(facts, state, progress);
    if (progress.leaves > 0)
        facts.add(texts.indexed, fmt::format("{}/{}", progress.leaves_indexed, progress.leaves));
    facts.add(texts.backlog, report::grouped(static_cast<std::uint64_t>(progress.backlog)));
    if (!state.is_cut_over() && progress.attempts > 0)
        facts.add(texts.attempts, fmt::format("{}", progress.attempts));
    if (!progress.worker.empty())
        facts.add(texts.worker, progress.worker);
    else if (state.stage != job::Stage::complete)
        facts.add(texts.worker,
                  said(texts.nobody, state.stage == job::Stage::reverting ? "swap revert" : state.command(),
                       sql::quoted(state.table)));
}

void add_cut_over(Facts& facts, const job::Measured& measured) {
    if (measured.attempts == 0)
        return;
    facts.add(facts.texts().cut_over_at, time_text(measured.at));
    facts.add(facts.texts().attempts, fmt::format("{}", measured.attempts));
    facts.add(facts.texts().lock_wait, milliseconds_text(measured.lock_wait_us));
    facts.add(facts.texts().held, milliseconds_text(measured.lock_held_us));
}

Markup load_picture(const job::State& state, const job::JobProgress& progress, const Texts& texts) {
    if (state.stage != job::Stage::capturing || state.blocks_to_load() <= 0)
        return {};
    const double done = 100 * share_loaded(state, progress);
    Svg svg(100, 1, fmt::format("{}: {} %", texts.loaded, static_cast<int>(done)));
    svg.rectangle(0, 0, 100, 1, "rest");
    svg.rectangle(0, 0, done, 1, "present");
    return svg.markup("loaded");
}

Markup job_warnings(const app::SwapStatus& status, const Texts& texts) {
    Markup found;
    const auto warn = [&](const std::string& text) { found += note(Markup::text(text), Mood::warn); };
    const job::JobProgress& progress = status.progress;
    if (progress.is_paused)
        warn(said(texts.paused, sql::quoted(status.table)));
    else if (!progress.hold_kind.empty())
        warn(said(texts.waits, time_text(progress.hold_since), progress.hold_reason));
    if (!progress.waits_for.empty())
        warn(said(texts.waits, time_text(progress.hold_since), progress.waits_for));
    if (progress.busy_tps > 0)
        warn(said(texts.busy, progress.busy_tps));
    for (const std::string& change : progress.altered)
        warn(said(texts.altered, change));
    for (const std::string& problem : progress.registry_problems)
        warn(problem);
    return found;
}

Markup job_part(const app::JobStatus& job, const Texts& texts) {
    const app::SwapStatus& status = job.status;
    Markup title = name(sql::quoted(status.table));
    if (status.state)
        title += badge(status.state->command(), Mood::plain);
    title += badge(job.stage, status.is_open ? Mood::warn : job.stage == "finished" ? Mood::ok : Mood::plain);
    Markup part = element("h3", title);
    if (!status.state)
        part += note(Markup::text(texts.newer_job), Mood::warn);
    else
        part += load_picture(*status.state, status.progress, texts) + job_warnings(status, texts);
    Facts facts(texts);
    facts.add(texts.begun, time_text(job.begun_at));
    facts.add(texts.moved, job.ended_at.empty() ? time_text(job.moved_at) : std::string());
    facts.add(texts.ended, time_text(job.ended_at));
    if (status.state) {
        if (!status.state->boundary().empty())
            facts.add(texts.boundary, boundary_text(*status.state));
        if (status.is_open)
            add_progress(facts, *status.state, status.progress);
        add_cut_over(facts, status.state->measured);
    }
    return element("article", part + facts.markup());
}

}  // namespace

Card jobs_card(const app::Section<std::vector<app::JobStatus>>& section, const Texts& texts) {
    if (!section.result)
        return {std::string(texts.unreadable), Mood::bad};
    const auto open = std::count_if(section.result->begin(), section.result->end(),
                                    [](const app::JobStatus& job) { return job.status.is_open; });
    return open == 0 ? Card{std::string(texts.no_open_job), Mood::ok} : Card{said(texts.open_jobs, open), Mood::warn};
}

Markup jobs_part(const app::Section<std::vector<app::JobStatus>>& section, const Texts& texts) {
    if (!section.result)
        return failure_note(*section.failure, texts);
    Markup part;
    for (const app::JobStatus& job : *section.result)
        part += job_part(job, texts);
    return part.empty() ? element("p", texts.no_jobs) : part;
}

}  // namespace tripmig::view::html
