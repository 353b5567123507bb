#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tripmig::sql {

/// A text with its placeholders filled in, and the way back.
struct ExpandedText {
    std::string text;

    struct Replacement {
        std::size_t offset = 0;  ///< of the value, in `text`
        std::size_t length = 0;
        std::size_t former_offset = 0;  ///< of ${name}, in the text before
        std::size_t former_length = 0;
    };
    std::vector<Replacement> replacements;  ///< by offset

    /// The byte of the former text that a byte of `text` comes from; inside of a value: where its ${ is. Lines need
    /// this only when a value has line ends in it; columns of one line count the values, unless they are mapped back.
    [[nodiscard]] std::size_t former_offset(std::size_t offset) const;
};

/// Puts a value in the place of each ${name}, everywhere as Flyway does: in strings, dollar quotes and comments too. A
/// name is letters, digits and _ . : - and begins with a letter or _; ${ before anything else is left alone. Values are
/// not searched again. Throws Error{usage} at file:line:column for a name without a value, with the nearest known one.
ExpandedText expand_placeholders(std::string_view text, const std::map<std::string, std::string>& values,
                                 const std::string& file = {});

/// A piece of a text that is, or holds a line of, a placeholder's value.
struct PlaceholderValue {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::string name;
};

/// Where values of placeholders stand in a text. A short value (fewer than six characters) counts as a whole word only,
/// and one of fewer than four not at all: that is no secret, and every other number would be it.
std::vector<PlaceholderValue> find_values(std::string_view text, const std::map<std::string, std::string>& values);

/// With ${name} in the place of each: a value may be a password, so messages and dry runs show names alone.
std::string hide_values(std::string_view text, const std::map<std::string, std::string>& values);

}  // namespace tripmig::sql
