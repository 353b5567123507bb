#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What a year of nights should do to a table, told a second time: keys are seconds since 1970 in UTC, or numbers.
/// Nothing of src/ is in it, so that the test judges that code by it.
namespace tripmig::test::year {

using Key = std::int64_t;
constexpr Key day = 86'400;
constexpr std::size_t max_drop = 12;

enum class Unit { days, weeks, months, thousands };

struct Rules {
    std::string table;
    Unit unit = Unit::days;
    Key offset = 0;  ///< of the zone's clocks to UTC
    int premake = 3;
    int keep = 1;  ///< in units
    std::string action = "detach";
    Key grace = 0;
    std::size_t max_create = 60;
};

struct Part {
    Key from;
    Key to;
    // clang-tidy 14 takes the 0 of a rewritten comparison for a pointer.
    auto operator<=>(const Part&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct Detached {
    Part part;
    std::optional<Key> due;
};

using Names = std::set<std::string>;

struct Night {
    int code = 0;
    Names created = {};
    Names detached = {};
    Names dropped = {};
};

struct Health {
    int ahead = 0;
    std::optional<Key> seconds_ahead = {};
    std::size_t gaps = 0;
    std::size_t overdue = 0;
    bool operator==(const Health&) const = default;
};

inline std::chrono::year_month_day date_of(Key local) {
    using namespace std::chrono;
    return floor<days>(sys_seconds(seconds(local)));
}

class Model {
  public:
    explicit Model(Rules rules) : m_rules(std::move(rules)) {}

    Rules m_rules;
    std::set<Part> m_parts;
    std::vector<Detached> m_detached;
    std::set<std::string> m_archived;
    std::map<Part, Key> m_rows;
    std::optional<Key> m_newest;

    [[nodiscard]] bool is_number() const { return m_rules.unit == Unit::thousands; }

    [[nodiscard]] Key plus(Key key, int units) const {
        using namespace std::chrono;
        if (m_rules.unit != Unit::months)
            return key + units * (m_rules.unit == Unit::days ? day : m_rules.unit == Unit::weeks ? 7 * day : 1000);
        const Key local = key + m_rules.offset;
        const year_month_day date = date_of(local);
        year_month_day moved = date + std::chrono::months(units);
        if (!moved.ok())
            moved = moved.year() / moved.month() / last;
        return sys_days(moved).time_since_epoch().count() * day + ((local % day) + day) % day - m_rules.offset;
    }

    [[nodiscard]] Part cell(Key key) const {
        using namespace std::chrono;
        const Key local = key + m_rules.offset;
        if (is_number())
            return {key - key % 1000, key - key % 1000 + 1000};
        const sys_days today = floor<days>(sys_seconds(seconds(local)));
        sys_days first = today;
        if (m_rules.unit == Unit::weeks)
            first -= weekday(today) - Monday;
        if (m_rules.unit == Unit::months)
            first = sys_days(date_of(local).year() / date_of(local).month() / 1);
        const Key from = first.time_since_epoch().count() * day - m_rules.offset;
        return {from, plus(from, 1)};
    }

    [[nodiscard]] std::string name(const Part& part) const {
        if (is_number())
            return m_rules.table + "_" + std::to_string(part.from);
        const std::chrono::year_month_day date = date_of(part.from + m_rules.offset);
        char text[32];
        std::snprintf(text, sizeof text, "_%04d_%02u", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()));
        std::string name = m_rules.table + text;
        if (m_rules.unit != Unit::months) {
            std::snprintf(text, sizeof text, "_%02u", static_cast<unsigned>(date.day()));
            name += text;
        }
        return name;
    }

    [[nodiscard]] const Part* holder(Key key) const {
        for (const Part& part : m_parts)
            if (part.from <= key && key < part.to)
                return &part;
        return nullptr;
    }

    /// Rows of these keys; false: one of them has no partition, and none is written.
    bool insert(Key first, Key last, Key count) {
        const Part* from = holder(first);
        const Part* to = holder(last);
        if (from == nullptr || to == nullptr)
            return false;
        for (Key key = first; key <= last; ++key)
            if (is_number())
                ++m_rows[*holder(key)];
        if (!is_number())
            m_rows[*from] += count;
        m_newest = std::max(last, m_newest.value_or(last));
        return true;
    }

    Night live_through(Key now, bool is_disk_full) {
        Night night;
        const std::set<Part> before = m_parts;
        const Part present = cell(is_number() ? m_newest.value_or(0) : now);
        Part ahead = present;
        for (int i = 0; i <= m_rules.premake; ++i, ahead = cell(ahead.to))
            create(ahead, before, night);
        fill_gaps(before, present, ahead.from, now, night);
        const std::vector<Part> expired = expired_at(before, now);
        const std::vector<std::size_t> due = due_at(now);
        if (!expired.empty())
            retire(expired, now, night);
        if (!due.empty())
            end_grace(due, now, is_disk_full, night);
        return night;
    }

    [[nodiscard]] Health health(Key now) const {
        Health health;
        const Part present = cell(is_number() ? m_newest.value_or(0) : now);
        Part next = present;
        for (int ahead = -1; ahead < m_rules.premake && holder(next.from) != nullptr; next = cell(next.to))
            health.ahead = ++ahead;
        Key until = present.from;
        while (const Part* part = holder(until))
            until = part->to;
        if (!is_number())
            health.seconds_ahead = holder(now) == nullptr ? 0 : until - now;
        std::optional<Key> end;
        for (const Part& part : m_parts) {
            if (end && *end < part.from && (!edge(now) || *edge(now) < part.from) && (is_number() || *end <= now))
                ++health.gaps;
            end = part.to;
        }
        if (!is_beyond_rows(now)) {
            const std::size_t late = expired_at(m_parts, is_number() ? now : now - day).size();
            const std::size_t kept = due_at(now - day).size();
            health.overdue = (late > max_drop ? 0 : late) + (kept > max_drop ? 0 : kept);
        }
        return health;
    }

  private:
    void create(const Part& part, const std::set<Part>& before, Night& night) {
        if (before.count(part) == 0 && m_parts.insert(part).second)
            night.created.insert(name(part));
    }

    /// The clock is far beyond the newest row: it may be wrong.
    [[nodiscard]] bool is_beyond_rows(Key now) const {
        return !is_number() && m_newest && *m_newest < std::min(plus(now, -2), now - 7 * day);
    }

    [[nodiscard]] std::optional<Key> edge(Key now) const {
        if (is_number())
            return m_newest ? std::optional(*m_newest - Key{m_rules.keep} * 1000) : std::nullopt;
        return plus(now, -m_rules.keep);
    }

    [[nodiscard]] std::vector<Part> missing(const std::set<Part>& before, Key from, Key to) const {
        std::vector<Part> parts;
        for (Part part = cell(from); part.from < to; part = cell(part.to))
            if (before.count(part) == 0)
                parts.push_back(part);
        return parts;
    }

    void fill_gaps(const std::set<Part>& before, const Part& present, Key end_of_premake, Key now, Night& night) {
        Key from = before.empty() ? present.from : std::min(present.from, before.begin()->from);
        if (const auto oldest = edge(now); oldest && (!is_number() || *oldest >= 0))
            from = std::min(present.from, std::max(from, cell(*oldest).from));
        std::vector<Part> gaps = missing(before, from, present.from);
        bool is_refused = gaps.size() > m_rules.max_create;
        if (is_refused && is_beyond_rows(now)) {
            std::erase_if(gaps,
                          [&](const Part& gap) { return !before.empty() && gap.from >= end_of_past(before, now); });
            is_refused = gaps.size() > m_rules.max_create;
        }
        if (is_refused) {
            night.code = 12;
            gaps.resize(m_rules.max_create);
        }
        if (!is_refused && !before.empty() && before.rbegin()->to > end_of_premake) {
            const std::vector<Part> beyond = missing(before, end_of_premake, before.rbegin()->to);
            if (gaps.size() + beyond.size() <= m_rules.max_create)
                gaps.insert(gaps.end(), beyond.begin(), beyond.end());
        }
        for (const Part& gap : gaps)
            create(gap, before, night);
    }

    [[nodiscard]] Key end_of_past(const std::set<Part>& before, Key now) const {
        Key end = before.begin()->to;
        for (const Part& part : before)
            if (part.from < cell(now).from)
                end = part.to;
        return end;
    }

    /// The last partition, and that of the newest row, never go.
    [[nodiscard]] std::vector<Part> expired_at(const std::set<Part>& parts, Key now) const {
        std::vector<Part> expired;
        for (const Part& part : parts)
            if (edge(now) && part.to <= *edge(now) && part != *parts.rbegin() &&
                !(m_newest && part.from <= *m_newest && *m_newest < part.to))
                expired.push_back(part);
        return expired;
    }

    [[nodiscard]] std::vector<std::size_t> due_at(Key now) const {
        std::vector<std::size_t> due;
        for (std::size_t i = 0; i < m_detached.size(); ++i)
            if (m_detached[i].due && *m_detached[i].due <= now)
                due.push_back(i);
        return due;
    }

    void retire(const std::vector<Part>& expired, Key now, Night& night) {
        if (is_beyond_rows(now)) {
            night.code = 12;
            return;
        }
        for (std::size_t i = 0; i < std::min(expired.size(), max_drop); ++i) {
            m_parts.erase(expired[i]);
            const bool goes = m_rules.action != "detach";
            m_detached.push_back({expired[i], goes ? std::optional(now + m_rules.grace) : std::nullopt});
            night.detached.insert(name(expired[i]));
        }
    }

    void end_grace(std::vector<std::size_t> due, Key now, bool is_disk_full, Night& night) {
        const bool is_archived = m_rules.action == "archive";
        if (is_beyond_rows(now) || (is_archived && is_disk_full)) {
            night.code = 12;
            return;
        }
        due.resize(std::min(due.size(), max_drop));
        std::reverse(due.begin(), due.end());  // so that places that are still to come stay where they are
        for (const std::size_t place : due) {
            const std::string gone = name(m_detached[place].part);
            night.dropped.insert(gone);
            if (is_archived)
                m_archived.insert(gone);
            m_detached.erase(m_detached.begin() + static_cast<std::ptrdiff_t>(place));
        }
    }
};

}  // namespace tripmig::test::year
