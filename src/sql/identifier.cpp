#include "sql/identifier.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/checksum.hpp"
#include "sql/keywords.hpp"

namespace tripmig::sql {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_plain_start(char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
}

bool is_plain(std::string_view name) {
    return !name.empty() && is_plain_start(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_plain_start(c) || (c >= '0' && c <= '9'); }) &&
           !is_quoted_keyword(name);
}

/// At most `bytes` of it, less a character that they would cut.
std::string_view cut(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes)
        return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U)
        --bytes;
    return text.substr(0, bytes);
}

std::string enclosed(std::string_view text, char quote) {
    std::string result(1, quote);
    for (const char c : text) {
        if (c == quote)
            result += quote;
        result += c;
    }
    return result += quote;
}

/// A character's number; nullopt when it is none.
std::optional<std::uint32_t> code_point(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char c : digits) {
        const char d = lower(c);
        if (!((d >= '0' && d <= '9') || (d >= 'a' && d <= 'f')))
            return std::nullopt;
        value = value * 16 + static_cast<std::uint32_t>(d <= '9' ? d - '0' : d - 'a' + 10);
    }
    return value > 0 && value <= 0x10FFFFU ? std::optional(value) : std::nullopt;
}

void append_utf8(std::string& text, std::uint32_t point) {
    const auto byte = [&text](std::uint32_t value) { text += static_cast<char>(static_cast<unsigned char>(value)); };
    if (point < 0x80U) {
        byte(point);
        return;
    }
    if (point < 0x800U) {
        byte(0xC0U | (point >> 6U));
    } else {
        if (point < 0x10000U) {
            byte(0xE0U | (point >> 12U));
        } else {
            byte(0xF0U | (point >> 18U));
            byte(0x80U | ((point >> 12U) & 0x3FU));
        }
        byte(0x80U | ((point >> 6U) & 0x3FU));
    }
    byte(0x80U | (point & 0x3FU));
}

}  // namespace

std::string quote_ident(std::string_view name) {
    return is_plain(name) ? std::string(name) : enclosed(name, '"');
}

std::string quote_literal(std::string_view text) {
    std::string literal = enclosed(text, '\'');
    if (text.find('\\') == std::string_view::npos)
        return literal;
    std::string escaped = "E";
    for (const char c : literal) {
        if (c == '\\')
            escaped += c;
        escaped += c;
    }
    return escaped;
}

std::string quoted(const QualifiedName& name) {
    return name.schema.empty() ? quote_ident(name.name) : quote_ident(name.schema) + "." + quote_ident(name.name);
}

std::string quoted_list(const std::vector<QualifiedName>& names) {
    std::string text;
    for (const QualifiedName& name : names)
        text += (text.empty() ? "" : ", ") + quoted(name);
    return text;
}

std::string truncated_name(std::string_view base, std::string_view suffix) {
    std::string whole = std::string(base) + std::string(suffix);
    if (whole.size() <= max_identifier_bytes)
        return whole;
    const std::string hash = fmt::format("_{:08x}", crc32(whole));
    const std::string_view kept_suffix = cut(suffix, max_identifier_bytes - hash.size());
    const std::string_view kept_base = cut(base, max_identifier_bytes - hash.size() - kept_suffix.size());
    return std::string(kept_base) + hash + std::string(kept_suffix);
}

std::string folded(std::string_view identifier) {
    std::string result(identifier);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

bool equals_folded(std::string_view text, std::string_view lower_case) noexcept {
    return text.size() == lower_case.size() &&
           std::equal(text.begin(), text.end(), lower_case.begin(), [](char a, char b) { return lower(a) == b; });
}

std::string truncated_identifier(std::string name) {
    name.resize(cut(name, max_identifier_bytes).size());
    return name;
}

std::string decoded_unicode(std::string_view inside, char escape) {
    std::string result;
    std::uint32_t high = 0;  // the first half of a surrogate pair
    for (std::size_t i = 0; i < inside.size();) {
        const std::size_t digits_at = inside.substr(i + 1, 1) == "+" ? i + 2 : i + 1;
        const std::size_t count = digits_at == i + 2 ? 6 : 4;
        const std::string_view digits = inside.substr(std::min(digits_at, inside.size()), count);
        const std::optional<std::uint32_t> point =
            inside[i] == escape && digits.size() == count ? code_point(digits) : std::nullopt;
        if (inside[i] != escape || !point) {
            result += inside[i];
            i += inside[i] == escape && inside.substr(i + 1, 1) == std::string_view(&escape, 1) ? 2 : 1;
            continue;
        }
        i = digits_at + count;
        if (*point >= 0xD800U && *point <= 0xDBFFU) {
            high = *point;
        } else if (high != 0 && *point >= 0xDC00U && *point <= 0xDFFFU) {
            append_utf8(result, 0x10000U + ((high - 0xD800U) << 10U) + (*point - 0xDC00U));
            high = 0;
        } else {
            append_utf8(result, *point);
        }
    }
    return result;
}

}  // namespace tripmig::sql
