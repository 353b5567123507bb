#include "db/copy/binary_copy.hpp"

#include <chrono>

#include "base/error.hpp"

namespace tripmig::db {

namespace {

constexpr std::string_view signature("PGCOPY\n\377\r\n\0", 11);

/// Network byte order, signed.
std::int64_t number_of(std::string_view bytes) {
    std::uint64_t value = !bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0 ? ~0ULL : 0;
    for (const char byte : bytes)
        value = (value << 8U) | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(value);
}

}  // namespace

BinaryCopy::BinaryCopy(std::string bytes) : m_bytes(std::move(bytes)) {
    if (take(signature.size()) != signature)
        throw Error(ExitCode::unexpected, "the server's COPY is not in binary format");
    take_number(4);  // flags: OIDs in the data, which no supported server writes
    take(static_cast<std::size_t>(take_number(4)));
}

bool BinaryCopy::next() {
    const std::int64_t columns = take_number(2);
    m_row.clear();
    for (std::int64_t i = 0; i < columns; ++i) {
        const std::int64_t length = take_number(4);
        if (length < 0)
            m_row.emplace_back();
        else
            m_row.emplace_back(take(static_cast<std::size_t>(length)));
    }
    return columns >= 0;
}

std::string BinaryCopy::text(std::size_t column) const {
    return std::string(m_row.at(column).value_or(std::string_view{}));
}

std::int64_t BinaryCopy::number(std::size_t column) const {
    return number_of(m_row.at(column).value());
}

Instant BinaryCopy::time(std::size_t column) const {
    constexpr std::chrono::sys_days epoch = std::chrono::year(2000) / 1 / 1;
    return Instant(epoch) + std::chrono::microseconds(number(column));
}

std::string_view BinaryCopy::take(std::size_t count) {
    if (count > m_bytes.size() - m_at)
        throw Error(ExitCode::unexpected, "the server's COPY ended too early");
    const std::string_view taken = std::string_view(m_bytes).substr(m_at, count);
    m_at += count;
    return taken;
}

std::int64_t BinaryCopy::take_number(std::size_t bytes) {
    return number_of(take(bytes));
}

}  // namespace tripmig::db
