#include "sql/directive_line.hpp"

#include <algorithm>

#include "sql/identifier.hpp"

namespace tripmig::sql {

namespace {

constexpr std::string_view directive_mark = "tripmig:";
constexpr std::string_view between_words = " \t\f\v";

/// Where the mark stands in a comment; npos when the comment does not begin with it.
std::size_t mark_offset(std::string_view comment) noexcept {
    const std::size_t begin = comment.find_first_not_of(" \t", 2);
    return begin != std::string_view::npos &&
                   equals_folded(comment.substr(begin, directive_mark.size()), directive_mark)
               ? begin
               : std::string_view::npos;
}

}  // namespace

bool begins_as_directive(std::string_view comment) noexcept {
    return mark_offset(comment) != std::string_view::npos;
}

std::optional<DirectiveLine> DirectiveLine::read(const Comment& comment, const ScannedText& script,
                                                 const ScanOptions& options) {
    const std::size_t begin = mark_offset(comment.text);
    if (begin == std::string_view::npos)
        return std::nullopt;
    DirectiveLine line(comment, script, options);
    if (comment.text.front() == '/')
        throw line.failure(0, "a directive cannot be in a /* */ comment",
                           "write it as -- tripmig: on a line of its own");
    line.read_words(begin + directive_mark.size());
    if (line.m_words.empty())
        throw line.failure(begin, "the directive is empty", "write -- tripmig: transaction=off, for example");
    return line;
}

void DirectiveLine::read_words(std::size_t begin) {
    const std::string_view text = m_comment->text;
    for (std::size_t at = text.find_first_not_of(between_words, begin); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(between_words, at), text.size());
        const std::string_view word = text.substr(at, end - at);
        const std::size_t equals = word.find('=');
        DirectiveWord& added = m_words.emplace_back();
        added.key = word.substr(0, equals);
        if (equals != std::string_view::npos)
            added.value = word.substr(equals + 1);
        added.offset = at;
        if (m_words.size() == 1)
            m_after_first = end;
        at = text.find_first_not_of(between_words, end);
    }
}

std::string DirectiveLine::text_after_first() const {
    const std::string_view text = m_comment->text;
    const std::size_t begin = text.find_first_not_of(between_words, m_after_first);
    if (begin == std::string_view::npos)
        return {};
    return std::string(text.substr(begin, text.find_last_not_of(between_words) + 1 - begin));
}

Error DirectiveLine::failure(std::size_t offset, std::string message, std::string hint) const {
    Error error(ExitCode::usage, std::move(message), std::move(hint));
    const std::size_t in_text = m_comment->offset - m_options->start.offset + offset;
    error.at(source_position(m_script->text, in_text, m_options->file, m_options->start));
    return error;
}

}  // namespace tripmig::sql
