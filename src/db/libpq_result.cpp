#include "db/libpq_result.hpp"

#include <libpq-fe.h>

#include <charconv>

namespace tripmig::db {

namespace {

class LibpqAnswer : public Answer {
  public:
    explicit LibpqAnswer(pg_result* raw) : m_raw(raw, PQclear) {}

    [[nodiscard]] std::size_t rows() const override { return static_cast<std::size_t>(PQntuples(m_raw.get())); }
    [[nodiscard]] std::size_t columns() const override { return static_cast<std::size_t>(PQnfields(m_raw.get())); }
    [[nodiscard]] std::string_view column_name(std::size_t column) const override {
        return PQfname(m_raw.get(), static_cast<int>(column));
    }
    [[nodiscard]] std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override {
        const auto at_row = static_cast<int>(row);
        const auto at_column = static_cast<int>(column);
        if (PQgetisnull(m_raw.get(), at_row, at_column) != 0)
            return std::nullopt;
        return std::string_view(PQgetvalue(m_raw.get(), at_row, at_column),
                                static_cast<std::size_t>(PQgetlength(m_raw.get(), at_row, at_column)));
    }
    [[nodiscard]] std::uint64_t affected() const override {
        const std::string_view text = PQcmdTuples(m_raw.get());
        std::uint64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }

  private:
    std::unique_ptr<pg_result, void (*)(pg_result*)> m_raw;
};

}  // namespace

Result libpq_result(pg_result* raw) {
    return Result(std::make_shared<LibpqAnswer>(raw));
}

}  // namespace tripmig::db
