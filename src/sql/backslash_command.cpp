#include "sql/backslash_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"

namespace tripmig::sql {

namespace {

constexpr std::string_view blanks = " \t\r\f\v";

struct Hint {
    std::string_view commands;  // each between blanks
    std::string_view instead;
};

constexpr std::array<Hint, 14> hints = {{
    {" c connect ",
     "a migration runs in the one database that the configuration names; give the other one its own directory"},
    {" set unset gset getenv prompt ",
     "psql's variables are not expanded: use ${name}, with its value in [migrations] placeholders"},
    {" echo qecho warn ", "use a comment, or DO $$ BEGIN RAISE NOTICE 'text'; END $$;"},
    {" copy ", "use COPY ... FROM STDIN; with the data lines below it and \\. at their end"},
    {" gexec ", "use a DO block that loops over the query and runs EXECUTE format(...)"},
    {" g gx gdesc bind bind_named close_prepared parse sendpipeline crosstabview watch ", "end the statement with ;"},
    {" if elif else endif ", "use a DO block with IF, or CREATE ... IF NOT EXISTS and DROP ... IF EXISTS"},
    {" ! s w o out e edit ef ev cd lo_import lo_export lo_unlink ",
     "a migration cannot reach files or programs: remove it"},
    {" q quit ", "remove it: a script ends where its file ends"},
    {" encoding ", "save the file as UTF-8, or use SET client_encoding"},
    {" password ", "use ALTER ROLE ... PASSWORD, with a placeholder for the secret"},
    {" a C f H html pset t T x timing errverbose unset conninfo h help ", "it only changes what psql shows: remove it"},
    {" r reset p print ", "remove it: there is no query buffer"},
    {" . ", "\\. ends the data of COPY ... FROM STDIN, and none is open here"},
}};

std::string_view instead_of(std::string_view command) {
    const std::string wanted = " " + std::string(command) + " ";
    for (const Hint& hint : hints)
        if (hint.commands.find(wanted) != std::string_view::npos)
            return hint.instead;
    if (!command.empty() && (command.front() == 'd' || command.front() == 'l' || command.front() == 'z'))
        return "it only lists objects: remove it";
    return "only SQL, \\i and \\ir are allowed here; outside quotes, \\ begins a psql command";
}

/// The rest of one line.
class Line {
  public:
    Line(std::string_view text, std::size_t position)
        : m_text(text), m_position(position), m_end(std::min(text.find('\n', position), text.size())) {}

    void skip(std::string_view characters) {
        while (!at_end() && characters.find(m_text[m_position]) != std::string_view::npos)
            ++m_position;
    }
    std::string_view word() {
        const std::size_t begin = m_position;
        while (!at_end() && m_text[m_position] != '\\' && blanks.find(m_text[m_position]) == std::string_view::npos)
            ++m_position;
        return m_text.substr(begin, m_position - begin);
    }
    /// 'a file''s name', the current character being its quote. False when it is not closed.
    bool quoted_word(std::string& word) {
        for (++m_position; !at_end(); ++m_position) {
            if (m_text[m_position] == '\'') {
                ++m_position;
                if (at_end() || m_text[m_position] != '\'')
                    return true;
            }
            word += m_text[m_position];
        }
        return false;
    }
    [[nodiscard]] bool at_end() const { return m_position >= m_end; }
    [[nodiscard]] char current() const { return m_text[m_position]; }
    [[nodiscard]] std::size_t position() const { return m_position; }
    [[nodiscard]] std::size_t end() const { return m_end; }

  private:
    std::string_view m_text;
    std::size_t m_position;
    std::size_t m_end;
};

Error failure(std::string_view text, std::size_t offset, const ScanOptions& options, std::string message,
              std::string_view hint) {
    Error error(ExitCode::usage, std::move(message), std::string(hint));
    error.at(source_position(text, offset, options.file, options.start));
    return error;
}

std::string include_path(std::string_view text, Line& line, const ScanOptions& options) {
    line.skip(blanks);
    const std::size_t at = line.position();
    std::string path;
    if (!line.at_end() && line.current() == '\'') {
        if (!line.quoted_word(path))
            throw failure(text, at, options, "the file name's quote is not closed", "close it on the same line");
    } else {
        path = line.word();
    }
    while (!path.empty() && path.back() == ';')  // psql strips it as well
        path.pop_back();
    if (path.empty())
        throw failure(text, at, options, "no file is named",
                      "write \\i FILE, or \\ir FILE for one in this file's directory");
    if (path.find_first_of("`\"\\") != std::string::npos || path.front() == ':')
        throw failure(text, at, options, "commands, psql variables, \" and \\ cannot be used in a file name",
                      "write the name as it is, or in single quotes, with / between directories");
    line.skip(" \t\r\f\v;");
    if (!line.at_end())
        throw failure(
            text, line.position(), options, "nothing can follow the file name on its line",
            "put what follows on a line of its own; write / between directories, and quote a name with spaces: 'a b'");
    return path;
}

}  // namespace

BackslashCommand read_backslash_command(std::string_view text, std::size_t offset, const ScanOptions& options) {
    Line line(text, offset + 1);
    const std::string_view name = line.word();
    BackslashCommand command;
    command.end = line.end();
    if (name == "restrict" || name == "unrestrict")  // pg_dump's guard for psql alone
        return command;
    const bool is_relative = name == "ir" || name == "include_relative";
    if (!is_relative && name != "i" && name != "include")
        throw failure(text, offset, options, fmt::format("\\{} is a command of psql, not SQL", name), instead_of(name));
    command.kind = BackslashCommand::Kind::include;
    command.include.path = include_path(text, line, options);
    command.include.is_relative = is_relative;
    return command;
}

}  // namespace tripmig::sql
