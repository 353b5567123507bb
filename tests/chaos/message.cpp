#include "chaos/message.hpp"

#include <algorithm>

namespace tripmig::chaos {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// A word with a digit in it is a value, or a name that has a number in it.
std::string letters_of(std::string_view body) {
    std::string words;
    for (std::size_t at = 0; at < body.size();) {
        if (!is_letter(body[at]) && !is_digit(body[at])) {
            ++at;
            continue;
        }
        const auto* const end = std::find_if(body.begin() + static_cast<std::ptrdiff_t>(at), body.end(),
                                             [](char c) { return !is_letter(c) && !is_digit(c); });
        const std::string_view word = body.substr(at, static_cast<std::size_t>(end - body.begin()) - at);
        if (std::none_of(word.begin(), word.end(), is_digit))
            words.append(" ").append(word);
        at += word.size();
    }
    return words;
}

std::size_t length_at(std::string_view bytes, std::size_t at) {
    std::size_t length = 0;
    for (std::size_t byte = at; byte < at + 4; ++byte)
        length = length * 256 + static_cast<unsigned char>(bytes[byte]);
    return length;
}

}  // namespace

std::string words_of(std::string_view bytes, bool is_first) {
    if (is_first)
        return "connect";
    std::string words;
    for (std::size_t at = 0; at + 5 <= bytes.size();) {
        const std::size_t length = length_at(bytes, at + 1);
        if (length < 4)
            break;
        words += words.empty() ? "" : "; ";
        words += bytes[at];
        words += letters_of(bytes.substr(at + 5, length - 4));
        at += 1 + length;
    }
    return words;
}

}  // namespace tripmig::chaos
