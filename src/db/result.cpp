#include "db/result.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>

#include "base/error.hpp"

namespace tripmig::db {

Result::Result(pg_result* raw) : m_raw(raw, PQclear) {
}

std::size_t Result::rows() const noexcept {
    return static_cast<std::size_t>(PQntuples(m_raw.get()));
}

std::size_t Result::columns() const noexcept {
    return static_cast<std::size_t>(PQnfields(m_raw.get()));
}

bool Result::is_null(std::size_t row, std::size_t column) const {
    return PQgetisnull(m_raw.get(), static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view Result::text(std::size_t row, std::size_t column) const {
    const auto length = PQgetlength(m_raw.get(), static_cast<int>(row), static_cast<int>(column));
    return {PQgetvalue(m_raw.get(), static_cast<int>(row), static_cast<int>(column)), static_cast<std::size_t>(length)};
}

std::optional<std::string> Result::value(std::size_t row, std::size_t column) const {
    if (is_null(row, column))
        return std::nullopt;
    return std::string(text(row, column));
}

std::int64_t Result::number(std::size_t row, std::size_t column) const {
    const std::string_view cell = text(row, column);
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (failure != std::errc{} || end != cell.data() + cell.size())
        throw Error(ExitCode::unexpected, fmt::format("the server answered \"{}\" where a number was expected", cell));
    return value;
}

std::uint64_t Result::affected() const {
    const std::string_view text = PQcmdTuples(m_raw.get());
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace tripmig::db
