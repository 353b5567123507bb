// libFuzzer: whatever the bytes are, the scanner ends, refuses cleanly or yields statements that lie in the text in
// order with only gaps between; and everything that reads statements takes them.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "sql/directive.hpp"
#include "sql/facts/statement_facts.hpp"
#include "sql/normalised.hpp"
#include "sql/placeholder.hpp"
#include "sql/scanner.hpp"
#include "sql/tokens.hpp"

using namespace tripmig;

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

void check_statements(std::string_view text, const sql::ScannedText& script) {
    std::size_t end = 0;
    for (const sql::Statement& statement : script.statements) {
        require(!statement.text.empty() && statement.text.data() == text.data() + statement.offset);
        require(statement.offset >= end && statement.line >= 1 && statement.column >= 1);
        end = statement.offset + statement.text.size();
        require(end <= text.size());
        if (statement.copy_data_offset != 0 && !statement.copy_data.empty())
            require(statement.copy_data.data() == text.data() + statement.copy_data_offset &&
                    statement.copy_data_offset >= end);
        const sql::Facts facts = sql::facts(statement.text, statement.standard_conforming_strings);
        require(!facts.kind.empty() && facts.is_transactional == facts.reason.empty());
        for (const sql::Token& token : sql::tokenize(statement.text, statement.standard_conforming_strings))
            require(token.value().size() <= 63 || !token.is_name());
    }
}

/// A statement alone, with its ;, is that statement again.
void check_alone(const sql::Statement& statement) {
    const std::string alone =
        " " + std::string(statement.text) + "\n;";  // a blank: a byte order mark counts at the beginning only
    const sql::ScannedText script = sql::scan(alone, {{}, statement.standard_conforming_strings, {}});
    require(script.statements.size() == 1 && script.statements[0].text == statement.text);
}

void check(std::string_view text, bool standard_strings) {
    const sql::ScanOptions options{"fuzz.sql", standard_strings, {}};
    try {
        const sql::ScannedText script = sql::scan(text, options);
        check_statements(text, script);
        for (const sql::Statement& statement : script.statements)
            check_alone(statement);
        require(sql::normalised(script) == sql::normalised(text, options));
        sql::directives(script, options);
    } catch (const Error& error) {
        require(error.code() == ExitCode::usage && error.position() && !error.hint().empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(text, true);
    check(text, false);
    sql::facts(text);
    try {
        const sql::ExpandedText expanded = sql::expand_placeholders(text, {{"a", "1"}, {"b", ""}}, "fuzz.sql");
        require(expanded.former_offset(expanded.text.size()) <= size);
    } catch (const Error& error) {
        require(error.position().has_value());
    }
    return 0;
}
