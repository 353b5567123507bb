#include "migrate/dialect/goose_marks.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/nearest.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace {

using MarkKind = GooseMark::Kind;

constexpr std::array<std::pair<std::string_view, MarkKind>, 7> spellings{{{"Up", MarkKind::up},
                                                                          {"Down", MarkKind::down},
                                                                          {"StatementBegin", MarkKind::statement_begin},
                                                                          {"StatementEnd", MarkKind::statement_end},
                                                                          {"NO TRANSACTION", MarkKind::no_transaction},
                                                                          {"ENVSUB ON", MarkKind::envsub_on},
                                                                          {"ENVSUB OFF", MarkKind::envsub_off}}};

MarkKind kind_of(const std::string& file, const Mark& mark) {
    const std::string folded = sql::folded(mark.words);
    std::vector<std::string> known;
    for (const auto& [spelling, kind] : spellings) {
        if (sql::folded(spelling) == folded)
            return kind;
        known.emplace_back(spelling);
    }
    const std::string meant = nearest(mark.words, known);
    throw mark_error(file, mark, fmt::format("`{}` is not a goose annotation", mark.line),
                     meant.empty() ? fmt::format("the annotations are {}", fmt::join(known, ", "))
                                   : fmt::format("did you mean `-- +goose {}`?", meant));
}

/// What may follow what.
class GooseOrder {
  public:
    explicit GooseOrder(const std::string& file) : m_file(file) {}

    void see(const GooseMark& next) {
        switch (next.kind) {
            case MarkKind::up:
                require(!m_has_up, next, "a second `-- +goose Up`",
                        "a file is one migration: put the other into a file of its own");
                m_has_up = true;
                break;
            case MarkKind::down:
                require(m_has_up, next, "`-- +goose Down` before `-- +goose Up`", "put the up part first");
                require(!m_has_down, next, "a second `-- +goose Down`", "keep one of them");
                require(!m_is_open, next, "`-- +goose Down` inside a statement",
                        "end it with `-- +goose StatementEnd`");
                m_has_down = true;
                break;
            case MarkKind::statement_begin:
                require(m_has_up, next, "`-- +goose StatementBegin` before `-- +goose Up`", "put `-- +goose Up` first");
                require(!m_is_open, next, "`-- +goose StatementBegin` inside a statement",
                        "end the one before with `-- +goose StatementEnd`");
                m_is_open = true;
                m_opening = next.mark;
                break;
            case MarkKind::statement_end:
                require(m_is_open, next, "`-- +goose StatementEnd` without its StatementBegin",
                        "put `-- +goose StatementBegin` above the statement");
                m_is_open = false;
                break;
            default:
                break;
        }
    }

    void end() const {
        if (m_is_open)
            throw mark_error(m_file, m_opening, "`-- +goose StatementBegin` without its StatementEnd",
                             "put `-- +goose StatementEnd` below the statement");
    }

  private:
    void require(bool condition, const GooseMark& mark, const char* message, const char* hint) const {
        if (!condition)
            throw mark_error(m_file, mark.mark, message, hint);
    }

    const std::string& m_file;
    bool m_has_up = false;
    bool m_has_down = false;
    bool m_is_open = false;
    Mark m_opening;
};

}  // namespace

std::vector<GooseMark> goose_marks(const std::string& file, std::string_view content) {
    std::vector<GooseMark> marks;
    GooseOrder order(file);
    for (const Mark& mark : marks_of(content, "+goose")) {
        marks.push_back({kind_of(file, mark), mark});
        if (mark.is_indented)
            throw mark_error(file, mark, "goose recognizes an annotation only at the beginning of a line",
                             "remove the spaces before it");
        order.see(marks.back());
    }
    order.end();
    return marks;
}

}  // namespace tripmig::migrate
