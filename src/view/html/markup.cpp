#include "view/html/markup.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tripmig::view::html {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// The length of the UTF-8 character that `text` begins with; 0: it is none (RFC 3629).
std::size_t character_length(std::string_view text) {
    struct Form {
        std::uint32_t mask, mark, least;
    };
    constexpr std::array<Form, 4> forms{Form{0x80, 0x00, 0}, Form{0xE0, 0xC0, 0x80}, Form{0xF0, 0xE0, 0x800},
                                        Form{0xF8, 0xF0, 0x10000}};
    const auto first = static_cast<unsigned char>(text.front());
    for (std::size_t i = 0; i < forms.size(); ++i) {
        if ((first & forms.at(i).mask) != forms.at(i).mark)
            continue;
        if (text.size() <= i)
            return 0;
        std::uint32_t value = first & ~forms.at(i).mask;
        for (std::size_t at = 1; at <= i; ++at) {
            const auto byte = static_cast<unsigned char>(text[at]);
            if ((byte & 0xC0U) != 0x80U)
                return 0;
            value = (value << 6U) | (byte & 0x3FU);
        }
        const bool is_character = value >= forms.at(i).least && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
        return is_character ? i + 1 : 0;
    }
    return 0;
}

void append_character(std::string& html, std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    if (character.size() > 1) {
        const bool is_control = first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
        html += is_control ? replacement : character;
        return;
    }
    switch (first) {
        case '&':
            html += "&amp;";
            break;
        case '<':
            html += "&lt;";
            break;
        case '>':
            html += "&gt;";
            break;
        case '"':
            html += "&quot;";
            break;
        case '\'':
            html += "&#39;";
            break;
        default:
            if ((first < ' ' && first != '\n' && first != '\t') || first == 0x7F)
                html += replacement;
            else
                html += character;
    }
}

std::string escaped(std::string_view plain) {
    std::string html;
    html.reserve(plain.size());
    while (!plain.empty()) {
        const std::size_t length = character_length(plain);
        if (length == 0)
            html += replacement;
        else
            append_character(html, plain.substr(0, length));
        plain.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return html;
}

std::string opening(std::string_view name, std::initializer_list<Attribute> attributes) {
    std::string html = "<";
    html += name;
    for (const Attribute& attribute : attributes) {
        html += ' ';
        html += attribute.name;
        html += "=\"";
        html += escaped(attribute.value);
        html += '"';
    }
    return html;
}

}  // namespace

/// What only this file may do: make markup of bytes.
class Element {
  public:
    static Markup of(std::string html) {
        Markup markup;
        markup.m_html = std::move(html);
        return markup;
    }
};

Markup Markup::text(std::string_view plain) {
    return Element::of(escaped(plain));
}

Markup Markup::literal(std::string_view html) {
    return Element::of(std::string(html));
}

Markup element(std::string_view name, std::initializer_list<Attribute> attributes, const Markup& inner) {
    std::string html = opening(name, attributes);
    html += '>';
    html += inner.html();
    html += "</";
    html += name;
    html += '>';
    return Element::of(std::move(html));
}

Markup element(std::string_view name, const Markup& inner) {
    return element(name, {}, inner);
}

Markup element(std::string_view name, std::string_view plain) {
    return element(name, {}, Markup::text(plain));
}

Markup empty_element(std::string_view name, std::initializer_list<Attribute> attributes) {
    return Element::of(opening(name, attributes) + "/>");
}

Markup name(std::string_view plain) {
    return element("bdi", {{"class", "name"}, {"translate", "no"}}, Markup::text(plain));
}

}  // namespace tripmig::view::html
