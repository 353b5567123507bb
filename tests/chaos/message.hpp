#pragma once

#include <string>
#include <string_view>

namespace tripmig::chaos {

/// What a client sent at once, in its words: the protocol's message types and the letters of their text, without what
/// differs from run to run (numbers, times, lengths). Two with the same words are the same step.
/// https://www.postgresql.org/docs/15/protocol-message-formats.html
/// `is_first`: of its connection; that one has no type.
std::string words_of(std::string_view bytes, bool is_first);

}  // namespace tripmig::chaos
