#include "chaos/story.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <functional>
#include <thread>

#include "chaos/oracle.hpp"

namespace tripmig::chaos {

namespace chr = std::chrono;

namespace {

std::string server_socket() {
    const char* const folder = std::getenv("TRIPMIG_SANDBOX_DIR");
    if (folder == nullptr)
        throw std::runtime_error("run it under `tripmig sandbox run --`");
    return std::string(folder) + "/.s.PGSQL.5432";
}

/// The judge's text for this round.
std::string with_untouched(std::string sql, int untouched) {
    const std::string placeholder = ":untouched";
    for (std::size_t at = sql.find(placeholder); at != std::string::npos; at = sql.find(placeholder, at))
        sql.replace(at, placeholder.size(), std::to_string(untouched));
    return sql;
}

/// Throws with what is wrong when it has lasted a minute.
void wait_while(const std::function<bool()>& lasts, const std::string& wrong) {
    const auto deadline = chr::steady_clock::now() + chr::minutes(1);
    while (lasts()) {
        if (chr::steady_clock::now() > deadline)
            throw std::runtime_error(wrong);
        std::this_thread::yield();
    }
}

std::string last_lines(const std::string& text) {
    return text.size() > 1500 ? "..." + text.substr(text.size() - 1500) : text;
}

}  // namespace

Story::Story(const Plan& plan)
    : m_plan(plan), m_world(plan), m_proxy(m_sockets.path(), server_socket()), m_random(plan.seed * 31 + 7) {
}

test::Surroundings Story::surroundings(bool through_proxy) const {
    test::Surroundings around;
    around.directory = m_world.folder.path();
    around.environment["DATABASE_URL"] =
        through_proxy ? "postgresql://sandbox@/" + m_world.database.name() + "?host=" + m_sockets.path().string()
                      : m_world.database.url();
    return around;
}

Story::Goal Story::partition_goal(const std::vector<std::string>& more, const std::string& stage) const {
    Goal goal{{"partition", to_string(m_plan.kind)}, "orders_past", {stage}};
    if (m_plan.kind == Kind::merge) {
        goal.command.insert(goal.command.end(), m_months.begin(), m_months.end());
        goal.command.insert(goal.command.end(), {"--into", "orders_merged"});
        goal.table = m_months.front();
    } else if (m_plan.kind == Kind::drain) {
        goal.command.insert(goal.command.end(), {"orders", "--limit", "2"});
    } else {
        goal.command.emplace_back("orders_past");
    }
    goal.command.insert(goal.command.end(), more.begin(), more.end());
    return goal;
}

/// All there is: given up, done, undone, done again, closed.
std::vector<Story::Goal> Story::goals_of_walk() const {
    if (m_plan.is_of_partitions()) {
        const Goal ready = partition_goal({"--until", "ready"}, "ready");
        return {ready, {{"swap", "abort", ready.table}, ready.table, {"aborted"}}, partition_goal({}, "finished")};
    }
    return {{{"swap", "run", "orders", "--until", "ready"}, "orders", {"ready"}},
            {{"swap", "abort", "orders"}, "orders", {"aborted"}},
            {{"swap", "run", "orders"}, "orders", {"complete"}},
            {{"swap", "revert", "orders"}, "orders", {"reverted"}},
            {{"swap", "run", "orders"}, "orders", {"complete"}},
            {{"swap", "finish", "orders", "--yes"}, "orders", {"finished"}}};
}

std::vector<Story::Goal> Story::goals() {
    const Goal run{{"swap", "run", "orders"}, "orders", {"complete"}};
    const Goal ready{{"swap", "run", "orders", "--until", "ready"}, "orders", {"ready"}};
    const Goal abort{{"swap", "abort", "orders"}, "orders", {"aborted"}};
    const Goal revert{{"swap", "revert", "orders"}, "orders", {"reverted"}};
    const Goal finish{{"swap", "finish", "orders", "--yes"}, "orders", {"finished"}};
    const Goal split{{"partition", "split", "orders_past"}, "orders_past", {"finished"}};
    if (m_plan.is_of_partitions())
        return {partition_goal({}, "finished")};
    std::vector<Goal> goals;
    if (once_in(m_random, 4))
        goals = {ready, abort};
    goals.push_back(run);
    if (once_in(m_random, 2)) {
        goals.push_back(revert);
        goals.push_back(run);
    }
    goals.push_back(finish);
    if (m_plan.kind == Kind::attach && m_plan.ends_in_months)
        goals.push_back(split);
    return goals;
}

bool Story::is_reached(const Goal& goal) {
    if (m_world.database.scalar("SELECT to_regclass('tripmig.jobs') IS NULL") == "t")
        return false;
    const test::Rows rows = m_world.database.rows(
        "SELECT stage FROM tripmig.jobs WHERE table_schema = 'public' AND table_name = $1 ORDER BY id DESC LIMIT 1",
        {goal.table});
    return !rows.empty() &&
           std::find(goal.stages.begin(), goal.stages.end(), rows[0][0].value_or("")) != goal.stages.end();
}

void Story::wait_for(test::BackgroundCommand& command) {
    const auto began = chr::steady_clock::now();
    while (command.is_running()) {
        if (chr::steady_clock::now() - began > chr::seconds(150))
            throw std::runtime_error("it does not end: " + last_lines(command.err()));
        std::this_thread::sleep_for(chr::milliseconds(2));
    }
}

/// Nothing is waited for here: the moment is the input.
void Story::disturb_at_random(test::BackgroundCommand& command) {
    const long kind = pick(m_random, 100);
    const auto moment = chr::milliseconds(pick(m_random, 1500));
    const auto end = chr::steady_clock::now() + moment;
    while (kind < 22 && command.is_running() && chr::steady_clock::now() < end)
        std::this_thread::sleep_for(chr::milliseconds(1));
    if (kind >= 22 || !command.is_running())
        return;
    ++m_disturbances;
    if (kind < 8)
        command.kill(SIGKILL);
    else if (kind < 12)
        command.kill(kind % 2 == 0 ? SIGTERM : SIGINT);
    else
        (void)end_sessions(once_in(m_random, 2));
    m_told.push_back(std::string(kind < 8    ? "killed"
                                 : kind < 12 ? "signalled"
                                             : "sessions ended") +
                     " after " + std::to_string(moment.count()) + " ms");
}

/// The oldest of tripmig's, or all of them. False: there was none.
bool Story::end_sessions(bool all) {
    const std::string ended =
        test::Connection(m_world.database.superuser_url())
            .scalar(
                "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE "
                "datname = '" +
                m_world.database.name() + "' AND application_name LIKE 'tripmig%' ORDER BY backend_start LIMIT " +
                (all ? "100" : "1") + ") AS chosen");
    return ended != "0";
}

void Story::choose_strike(const std::string& command, bool is_calm, const std::atomic<int>& pid) {
    static constexpr std::array<Hit, 6> hits{Hit::kill_before, Hit::kill_after, Hit::cut_before,
                                             Hit::cut_after,   Hit::end_before, Hit::end_after};
    const auto act = [this, &pid](Hit hit) {
        wait_while([&pid] { return pid == 0; }, "the command has no process");
        if (hit == Hit::kill_before || hit == Hit::kill_after)
            ::kill(pid, SIGKILL);
        else if (hit == Hit::end_before || hit == Hit::end_after)
            return end_sessions(true);
        return true;
    };
    if (m_walk != nullptr) {
        m_proxy.arm([this, command](const Message& message) { return m_walk->choose(command, message); }, act);
    } else if (!is_calm && once_in(m_random, 2)) {
        const Hit hit = hits.at(static_cast<std::size_t>(pick(m_random, hits.size())));
        const int at = static_cast<int>(std::exp(0.01 * static_cast<double>(pick(m_random, 620)))) + 3;
        m_proxy.arm([hit, at](const Message& message) { return message.number == at ? hit : Hit::none; }, act);
    } else {
        m_proxy.arm({}, {});
    }
}

/// The exit code; `said` on stderr.
int Story::attempt(const Goal& goal, std::string& said) {
    const bool is_calm = m_walk == nullptr && (m_disturbances >= m_plan.most_disturbances || once_in(m_random, 4));
    ++m_runs;
    const int before = m_disturbances;
    std::atomic<int> pid{0};
    choose_strike(std::to_string(m_goal) + " " + goal.command[1], is_calm, pid);
    test::BackgroundCommand command(test::tripmig_command(goal.command), surroundings(true));
    pid = command.pid();
    if (!is_calm && m_walk == nullptr)
        disturb_at_random(command);
    wait_for(command);
    const test::CommandResult result = command.wait(chr::seconds(150));
    m_messages += m_proxy.messages();
    if (m_proxy.has_hit()) {
        m_told.push_back(m_proxy.struck());
        ++m_disturbances;
    }
    m_proxy.arm({}, {});  // nobody asks for `pid` any more
    said = result.err;
    const bool is_disturbed = m_disturbances > before;
    if (is_disturbed)
        m_told.back() = goal.command[1] + ", " + m_told.back();
    if (m_walk == nullptr)
        m_log += goal.command[1] + (is_disturbed ? "!" : "") + ":" + std::to_string(result.exit_code) + " ";
    return is_disturbed ? -1 : result.exit_code;
}

void Story::reach(const Goal& goal) {
    constexpr int lock_deadline = 11;
    int late = 0;
    const int most = m_walk != nullptr ? 5000 : 60;
    for (int tries = 0; tries < most; ++tries) {
        std::string said;
        const int code = attempt(goal, said);
        if (code == 0 || is_reached(goal)) {
            if (!is_reached(goal))
                throw std::runtime_error(goal.command[1] + " says it is done, and it is not: " + last_lines(said));
            if (m_walk != nullptr && m_walk->takes_all() && tries == 0)
                throw std::runtime_error(goal.command[1] + " was to die at each step, and did not once");
            if (m_walk != nullptr)
                m_log += goal.command[1] + " in " + std::to_string(tries + 1) + " ";
            return;
        }
        if (code == lock_deadline && ++late < 3)
            continue;  // a busy moment; nothing changed
        if (code >= 0)
            throw std::runtime_error(goal.command[1] + " ended with " + std::to_string(code) +
                                     " although nobody disturbed it: " + last_lines(said));
    }
    throw std::runtime_error(goal.command[1] + " comes to no end");
}

void Story::check_schema() {
    const auto none = [&](const std::string& what, const std::string& sql) {
        const std::string found =
            m_world.database.scalar("SELECT coalesce(string_agg(x, ', '), '') FROM (" + sql + ") AS t (x)");
        if (!found.empty())
            wrong(what + ": " + found);
    };
    none("not valid", "SELECT conname::text FROM pg_constraint WHERE NOT convalidated");
    none("left over",
         "SELECT conname::text FROM pg_constraint WHERE conname LIKE 'tripmig%' UNION ALL SELECT relname::text FROM "
         "pg_class WHERE relnamespace = 'public'::regnamespace AND relname LIKE '%tripmig%' UNION ALL SELECT "
         "tgname::text FROM pg_trigger WHERE tgname LIKE 'tripmig%' UNION ALL SELECT relname::text FROM pg_class WHERE "
         "relnamespace = 'tripmig'::regnamespace AND relkind = 'r' AND relname ~ '[0-9]' UNION ALL SELECT "
         "proname::text FROM pg_proc WHERE pronamespace = 'tripmig'::regnamespace");
    none("not as partitioned", "SELECT 'orders' FROM pg_class WHERE oid = 'orders'::regclass AND relkind <> 'p'");
    none("registry",
         "SELECT coalesce(a.id, b.id)::text FROM orders AS a FULL JOIN orders_ids AS b USING (id, at) WHERE a.id IS "
         "NULL OR b.id IS NULL LIMIT 10");
}

/// With what was done to the commands when it is wrong: the last of many, since a walk dies at hundreds of steps.
Verdict Story::verdict() const {
    constexpr std::size_t enough = 15;
    Verdict verdict{m_tally.wrongs(), m_log + "| " + std::to_string(m_messages) + " messages | " + m_tally.text()};
    if (!verdict.wrong.empty())
        for (std::size_t at = m_told.size() > enough ? m_told.size() - enough : 0; at < m_told.size(); ++at)
            verdict.wrong.push_back("disturbed: " + m_told[at]);
    return verdict;
}

Verdict Story::judge() {
    const auto report = [&](const std::string& sql) {
        for (const test::Row& row : m_world.database.rows(sql)) {
            std::string text;
            for (const auto& value : row)
                text += value.value_or("") + "  ";
            wrong(text);
        }
    };
    std::string sql = with_untouched(oracle, m_plan.untouched());
    const std::size_t query = sql.rfind("SELECT CASE WHEN f.id");
    m_world.database.exec(sql.substr(0, query));
    report(sql.substr(query, sql.rfind(';') - query));
    if (m_plan.has_lines)
        report(with_untouched(oracle_lines, m_plan.untouched()));
    check_schema();
    return verdict();
}

/// A round of split, merge or drain begins with a table that is partitioned, in peace.
void Story::prepare() {
    if (!m_plan.is_of_partitions())
        return;
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"swap", "run", "orders"}, {"swap", "finish", "orders", "--yes"}}) {
        const test::CommandResult result = test::run_tripmig(command, surroundings(false), chr::seconds(120));
        if (result.exit_code != 0)
            throw std::runtime_error("the swap before the round: " + result.err);
    }
    if (m_plan.kind == Kind::merge)
        for (const test::Row& row : m_world.database.rows(
                 "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'orders'::regclass "
                 "ORDER BY inhrelid::regclass::text LIMIT 3"))
            m_months.push_back(row[0].value());
    if (m_plan.kind == Kind::drain)
        m_world.database.exec(
            "ALTER TABLE orders DETACH PARTITION orders_past; "
            "ALTER TABLE orders ATTACH PARTITION orders_past DEFAULT");
}

Verdict Story::play() {
    try {
        prepare();
        Crowd crowd(m_world, m_tally);
        const auto write_until = [this](int enough) {
            wait_while([&] { return m_tally.acknowledgements() < enough && m_tally.wrongs().empty(); },
                       "the writers get nothing done");
        };
        write_until(20);
        for (const Goal& goal : m_walk != nullptr ? goals_of_walk() : goals()) {
            reach(goal);
            ++m_goal;
        }
        write_until(m_tally.acknowledgements() + 20);
        crowd.stop();
        return judge();
    } catch (const std::exception& problem) {
        wrong(problem.what());
        return verdict();
    }
}

Verdict Story::play(Walk& walk) {
    m_walk = &walk;
    return play();
}

}  // namespace tripmig::chaos
