// Swaps a table under writers of every kind while the swap is killed, and judges by the writers' own journal. Runs
// under `tripmig sandbox run --`; scripts/chaos is its face.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <chrono>
#include <iostream>
#include <map>
#include <stdexcept>

#include "chaos/story.hpp"

namespace {

namespace chr = std::chrono;
using namespace tripmig::chaos;

const char* const usage =
    R"(usage: chaos [--minutes N | --seconds N] [--seed S] [--rounds N] [--kills N] [--rows N] [--case CASE] [--first N] [--step N]
  --minutes N, --seconds N   how long (60 seconds); a round that has begun is played to its end
  --seed S                   everything is drawn from it (1). Round r has the seed S + r: `--seed S+r --rounds 1` is that round
  --rounds N                 at most so many
  --kills N, --rows N        of a round: at most so many disturbances (14), so many rows (some thousands)
  --case CASE                random (all of these in turn; default), attach, copy, split, merge, drain: killed at random;
                             steps-attach, steps-copy, steps-split, steps-merge, steps-drain: killed, cut off and ended before and after each step, one after
             another; a step is a message that tripmig sends, by its words. A round dies in one
             way; there are six, and the seed says which is the first
  --first N, --step N        of steps-*: the first step (1), and that each N-th is taken from there on (1: all)
Exit 1 when a change was lost, doubled, stale or half, or a command did not come to its end.
)";

struct Options {
    chr::seconds time{60};
    unsigned long seed = 1;
    int rounds = 1'000'000;
    int kills = 14;
    int rows = 0;
    std::string name = "random";
    int first = 1;
    int step = 1;
};

Options parse(int argc, char** argv) {
    Options options;
    for (int at = 1; at < argc; ++at) {
        const std::string name = argv[at];
        if (at + 1 >= argc)
            throw std::invalid_argument(name);
        const std::string value = argv[++at];
        if (name == "--minutes")
            options.time = chr::seconds(static_cast<long>(std::stod(value) * 60));
        else if (name == "--seconds")
            options.time = chr::seconds(std::stol(value));
        else if (name == "--seed")
            options.seed = std::stoul(value);
        else if (name == "--rounds")
            options.rounds = std::stoi(value);
        else if (name == "--kills")
            options.kills = std::stoi(value);
        else if (name == "--rows")
            options.rows = std::stoi(value);
        else if (name == "--case")
            options.name = value;
        else if (name == "--first")
            options.first = std::stoi(value);
        else if (name == "--step")
            options.step = std::stoi(value);
        else
            throw std::invalid_argument(name);
    }
    return options;
}

/// Prints it, and says whether all is well.
bool tell(const Plan& plan, const std::string& more, const Verdict& verdict) {
    std::cout << (verdict.wrong.empty() ? "ok   " : "WRONG") << " seed " << plan.seed << more << ": " << plan.text()
              << " | " << verdict.text << std::endl;
    for (const std::string& what : verdict.wrong)
        std::cout << "      " << what << std::endl;
    return verdict.wrong.empty();
}

int play_random(const Options& options, const std::vector<Kind>& kinds) {
    const auto end = chr::steady_clock::now() + options.time;
    int failures = 0;
    for (int round = 0; round < options.rounds && chr::steady_clock::now() < end; ++round) {
        Plan plan;
        plan.seed = options.seed + static_cast<unsigned long>(round);
        Random random(plan.seed * 13);
        plan.kind = kinds.at(plan.seed % kinds.size());
        plan.rows = options.rows > 0 ? options.rows : static_cast<int>(1500 + pick(random, 7000));
        plan.most_disturbances = options.kills;
        plan.writers = static_cast<int>(3 + pick(random, 4));
        plan.has_lines = !once_in(random, 3);
        plan.has_truncate = once_in(random, 4);
        plan.ends_in_months = once_in(random, 2);
        plan.has_switcher = once_in(random, 3);
        failures += tell(plan, "", Story(plan).play()) ? 0 : 1;
    }
    return failures;
}

/// Each way of dying at each step of the whole way, one way a round.
int play_steps(const Options& options, Kind kind) {
    static const std::vector<Hit> hits{Hit::kill_before, Hit::kill_after, Hit::end_after,
                                       Hit::cut_after,   Hit::end_before, Hit::cut_before};
    const auto end = chr::steady_clock::now() + options.time;
    int failures = 0;
    for (int round = 0; round < options.rounds && chr::steady_clock::now() < end; ++round) {
        const auto number = static_cast<std::size_t>(round);
        if (number == hits.size())
            break;
        const Hit hit = hits.at((options.seed + number) % hits.size());
        Plan plan;
        plan.kind = kind;
        plan.seed = options.seed;
        plan.rows = 700;
        plan.writers = 3;
        plan.is_gentle = true;
        Walk walk(hit, options.first, options.step);
        const Verdict verdict = Story(plan).play(walk);
        const std::string more = ", " + to_string(walk.hit()) + " " + std::to_string(walk.strikes()) + " of " +
                                 std::to_string(walk.steps()) + " steps";
        failures += tell(plan, more, verdict) ? 0 : 1;
    }
    return failures;
}

int play(const Options& options) {
    const std::map<std::string, Kind> kinds{{"attach", Kind::attach},
                                            {"copy", Kind::copy},
                                            {"split", Kind::split},
                                            {"merge", Kind::merge},
                                            {"drain", Kind::drain}};
    if (options.name == "random")
        return play_random(options, {Kind::attach, Kind::copy, Kind::split, Kind::merge, Kind::drain});
    if (const auto kind = kinds.find(options.name); kind != kinds.end())
        return play_random(options, {kind->second});
    if (options.name.rfind("steps-", 0) == 0 && kinds.count(options.name.substr(6)) > 0)
        return play_steps(options, kinds.at(options.name.substr(6)));
    throw std::invalid_argument("--case " + options.name);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string(argv[1]) == "--help") {
        std::cout << usage;
        return 0;
    }
    Options options;
    try {
        options = parse(argc, argv);
        const int failures = play(options);
        std::cout << (failures == 0 ? "nothing lost\n" : std::to_string(failures) + " rounds went wrong\n");
        return failures == 0 ? 0 : 1;
    } catch (const std::invalid_argument& problem) {
        std::cerr << "chaos: " << problem.what() << "?\n" << usage;
        return 2;
    }
}
