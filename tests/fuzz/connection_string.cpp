// Any text is parsed or refused with an Error; what was parsed can be written down and read again; any password
// survives its quoting in all three forms; and no message ever has it.
#include "config/connection_string.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/error.hpp"

namespace {

using Parameters = std::map<std::string, std::string>;

void require(bool holds) {
    if (!holds)
        std::abort();
}

std::string key_value_quoted(const std::string& value) {
    std::string quoted = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\')
            quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

std::string doubled(const std::string& value, char quote) {
    std::string quoted(1, quote);
    for (const char c : value) {
        if (c == quote)
            quoted += quote;
        quoted += c;
    }
    return quoted + quote;
}

std::string percent_encoded(const std::string& value) {
    std::string encoded;
    for (const char c : value)
        encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return encoded;
}

void any_text(const std::string& text) {
    try {
        const Parameters parameters = tripmig::config::parse_connection_string(text);
        std::string written = "service='' ";
        for (const auto& [name, value] : parameters)
            written += fmt::format("{}={} ", name, key_value_quoted(value));
        Parameters again = tripmig::config::parse_connection_string(written);
        if (parameters.count("service") == 0)
            again.erase("service");
        require(again == parameters);
        require(!tripmig::config::redacted(parameters).empty());
    } catch (const tripmig::Error& error) {
        require(error.code() == tripmig::ExitCode::usage);
    }
}

void any_password(const std::string& password) {
    if (password.empty() || password.find('\0') != std::string::npos)
        return;
    const auto parsed = [](const std::string& text) {
        return tripmig::config::parse_connection_string(text).at("password");
    };
    require(parsed("host=h password=" + key_value_quoted(password) + " user=u") == password);
    require(parsed("password=" + key_value_quoted(password)) == password);
    require(parsed("Server=h;Password=" + doubled(password, '"') + ";Database=d") == password);
    require(parsed("Password=" + doubled(password, '\'') + ";Server=h") == password);
    require(parsed("postgres://u:" + percent_encoded(password) + "@h/d") == password);
    require(parsed("postgres://h/d?password=" + percent_encoded(password)) == password);
}

/// The separators are the fuzzer's, the words are not: no message repeats one that is no key word.
void any_separators(const std::string& text) {
    std::string marked;
    bool in_word = false;
    std::size_t word = 0;
    for (const char c : text) {
        const bool is_letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (is_letter && !in_word)
            marked +=
                std::array{"QZQZ", "password", "QZQZ", "host", "Password", "QZQZ", "user", "Server"}.at(word++ % 8);
        else if (!is_letter)
            marked += c;
        in_word = is_letter;
    }
    for (const std::string& start :
         {std::string(), std::string("postgresql://"), std::string("Server=h;"), std::string("host=h ")}) {
        try {
            tripmig::config::parse_connection_string(start + marked);
        } catch (const tripmig::Error& error) {
            require(tripmig::describe(error).find("QZQZ") == std::string::npos);
        }
    }
}

/// As people paste it: no quotes, no escapes. Read one way or another, or refused, but never repeated.
void careless_password(const std::string& tail) {
    const std::string password = "QZQZ" + tail + "QZQZ";
    for (const std::string& text :
         {"host=h password=" + password + " user=u", "Server=h;Password=" + password + ";Database=d",
          "postgres://u:" + password + "@h/d"}) {
        try {
            const Parameters parameters = tripmig::config::parse_connection_string(text);
            if (parameters.count("password") != 0 && parameters.at("password") == password)
                require(tripmig::config::redacted(parameters).find("QZQZ") == std::string::npos);
        } catch (const tripmig::Error& error) {
            require(tripmig::describe(error).find("QZQZ") == std::string::npos);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    any_text(text);
    any_password(text);
    any_separators(text);
    careless_password(text);
    return 0;
}
