// Any text is a file of each tool's dialect, or is refused with an Error that points into it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "base/error.hpp"
#include "migrate/dialect/environment_text.hpp"
#include "migrate/dialect/file_name.hpp"
#include "migrate/dialect/flyway_checksum.hpp"
#include "migrate/dialect/flyway_script_config.hpp"
#include "migrate/dialect/goose_marks.hpp"
#include "migrate/dialect/goose_text.hpp"
#include "migrate/dialect/marks.hpp"
#include "sql/facts/range_statement.hpp"
#include "sql/placeholder.hpp"

namespace {

using namespace tripmig;

void require(bool holds) {
    if (!holds)
        std::abort();
}

template <typename Action>
void done_or_refused(const Action& action) {
    try {
        action();
    } catch (const Error& error) {
        require(error.code() == ExitCode::usage);
        require(!describe(error).empty());
    }
}

/// Marks stand in the text, one behind the other.
void as_marks(const std::string& text) {
    std::size_t at = 0;
    for (const migrate::Mark& mark : migrate::marks_of(text, "migrate:")) {
        require(mark.begin >= at && mark.end >= mark.begin && mark.end <= text.size());
        at = mark.end;
    }
}

void as_goose(const std::string& text) {
    migrate::Migration migration;
    migration.file = "1_a.sql";
    migration.dialect = migrate::Dialect::goose;
    migration.content = text;
    migrate::goose_marks(migration.file, text);
    migrate::goose_text(migration, true);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::map<std::string, std::string> values{{"a", "1"}, {"NAME", "${a}"}};
    as_marks(text);
    migrate::flyway_checksum(text);
    sql::range_statement(text);
    done_or_refused([&] { as_goose(text); });
    done_or_refused([&] { migrate::read_flyway_script_config("V1__a.sql.conf", text); });
    done_or_refused([&] { migrate::with_environment(text, values); });
    done_or_refused([&] { sql::expand_placeholders(text, values); });
    done_or_refused([&] { migrate::parse_file_name(text); });
    return 0;
}
