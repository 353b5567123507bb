#include "sql/directive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/duration.hpp"
#include "base/error.hpp"
#include "base/nearest.hpp"
#include "sql/directive_line.hpp"
#include "sql/facts/statement_facts.hpp"
#include "sql/split_identifier.hpp"

namespace tripmig::sql {

namespace {

using std::chrono::milliseconds;

const std::vector<std::string> file_keys = {"transaction",        "lock_timeout", "statement_timeout", "retry",
                                            "allow-out-of-order", "requires",     "ignore-file",       "expect"};
const std::vector<std::string> statement_words = {"statement", "ignore", "batch"};
const std::vector<std::string> statement_keys = {"lock_timeout", "statement_timeout", "retry", "repeat"};
const std::vector<std::string> batch_keys = {"by", "size", "pause"};

Error unknown(const DirectiveLine& line, const DirectiveWord& word, const std::vector<std::string>& known,
              std::string_view what) {
    const std::string guess = nearest(word.key, known);
    return line.failure(word.offset, fmt::format("unknown {} \"{}\"", what, word.key),
                        guess.empty() ? fmt::format("known here: {}", fmt::join(known, ", "))
                                      : fmt::format("did you mean \"{}\"?", guess));
}

bool switch_value(const DirectiveLine& line, const DirectiveWord& word) {
    if (word.value != "on" && word.value != "off")
        throw line.failure(word.offset, fmt::format("{} must be on or off", word.key),
                           fmt::format("write {}=off", word.key));
    return word.value == "on";
}

bool answer_value(const DirectiveLine& line, const DirectiveWord& word) {
    if (word.value != "yes" && word.value != "no")
        throw line.failure(word.offset, fmt::format("{} must be yes or no", word.key),
                           fmt::format("write {}=yes", word.key));
    return word.value == "yes";
}

milliseconds duration_value(const DirectiveLine& line, const DirectiveWord& word) {
    const std::optional<milliseconds> duration = word.value ? parse_duration(*word.value) : std::nullopt;
    if (!duration)
        throw line.failure(word.offset, fmt::format("{} must be a duration", word.key),
                           fmt::format("write a number and ms, s, min, h or d: {}=500ms", word.key));
    return *duration;
}

std::string text_value(const DirectiveLine& line, const DirectiveWord& word, std::string_view example) {
    if (!word.value || word.value->empty())
        throw line.failure(word.offset, fmt::format("{} needs a value", word.key), fmt::format("write {}", example));
    return *word.value;
}

/// Sets what was not set before.
template <typename Value>
void set_once(std::optional<Value>& setting, Value value, const DirectiveLine& line, const DirectiveWord& word) {
    if (setting)
        throw line.failure(word.offset, fmt::format("{} is given twice", word.key), "keep one of them");
    setting = std::move(value);
}

void read_file_word(const DirectiveLine& line, const DirectiveWord& word, FileDirectives& file) {
    if (word.key == "transaction") {
        set_once(file.transaction, switch_value(line, word), line, word);
    } else if (word.key == "lock_timeout") {
        set_once(file.lock_timeout, duration_value(line, word), line, word);
    } else if (word.key == "statement_timeout") {
        set_once(file.statement_timeout, duration_value(line, word), line, word);
    } else if (word.key == "retry") {
        set_once(file.retry, switch_value(line, word), line, word);
    } else if (word.key == "requires") {
        file.required.push_back(text_value(line, word, "requires=V3"));
    } else if (word.key == "allow-out-of-order") {
        if (word.value)
            throw line.failure(word.offset, "allow-out-of-order takes no value", "write allow-out-of-order alone");
        file.allow_out_of_order = true;
    } else {
        std::vector<std::string> known = file_keys;
        known.insert(known.end(), statement_words.begin(), statement_words.end());
        known.emplace_back("swap");
        throw unknown(line, word, known, "directive");
    }
}

void read_statement_word(const DirectiveLine& line, const DirectiveWord& word, StatementDirectives& statement) {
    if (word.key == "lock_timeout")
        set_once(statement.lock_timeout, duration_value(line, word), line, word);
    else if (word.key == "statement_timeout")
        set_once(statement.statement_timeout, duration_value(line, word), line, word);
    else if (word.key == "retry")
        set_once(statement.retry, switch_value(line, word), line, word);
    else if (word.key == "repeat")
        set_once(statement.repeat, answer_value(line, word), line, word);
    else
        throw unknown(line, word, statement_keys, "setting of a statement");
}

void read_statement(const DirectiveLine& line, StatementDirectives& statement) {
    if (line.words().size() < 2)
        throw line.failure(line.words().front().offset, "statement has no setting", "write statement lock_timeout=2s");
    for (std::size_t i = 1; i < line.words().size(); ++i)
        read_statement_word(line, line.words()[i], statement);
}

/// ignore=RULE reason, ignore-file=RULE reason
IgnoredRule ignored_rule(const DirectiveLine& line) {
    const DirectiveWord& word = line.words().front();
    IgnoredRule ignored;
    ignored.rule = text_value(line, word, fmt::format("{}=RULE and the reason", word.key));
    ignored.reason = line.text_after_first();
    ignored.line = line.comment().line;
    if (ignored.reason.empty())
        throw line.failure(word.offset, fmt::format("{}={} needs a reason", word.key, ignored.rule),
                           fmt::format("write {}={} and why that is safe here", word.key, ignored.rule));
    return ignored;
}

std::size_t size_value(const DirectiveLine& line, const DirectiveWord& word) {
    const std::string text = text_value(line, word, "size=5000");
    std::size_t size = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (failure != std::errc{} || end != text.data() + text.size() || size == 0)
        throw line.failure(word.offset, "size must be a number of rows, 1 or more", "write size=5000");
    return size;
}

void read_batch(const DirectiveLine& line, StatementDirectives& statement) {
    std::optional<std::string> by;
    std::optional<std::size_t> size;
    std::optional<milliseconds> pause;
    for (std::size_t i = 1; i < line.words().size(); ++i) {
        const DirectiveWord& word = line.words()[i];
        if (word.key == "by")
            set_once(by, text_value(line, word, "by=id"), line, word);
        else if (word.key == "size")
            set_once(size, size_value(line, word), line, word);
        else if (word.key == "pause")
            set_once(pause, duration_value(line, word), line, word);
        else
            throw unknown(line, word, batch_keys, "setting of batch");
    }
    const DirectiveWord& first = line.words().front();
    const std::optional<std::vector<std::string>> column = by ? split_identifier(*by) : std::nullopt;
    if (!column || column->size() != 1)
        throw line.failure(first.offset, "batch needs a column to batch by", "write batch by=id size=5000");
    Batch batch;
    batch.by = column->front();
    batch.size = size.value_or(batch.size);
    batch.pause = pause.value_or(batch.pause);
    set_once(statement.batch, std::move(batch), line, first);
}

void read_swap(const DirectiveLine& line, FileDirectives& file) {
    const DirectiveWord& first = line.words().front();
    std::optional<std::vector<std::string>> table = split_identifier(line.text_after_first());
    if (!table || table->size() > 2)
        throw line.failure(first.offset, "swap needs one table's name", "write swap public.orders");
    SwapDirective wish{std::move(*table), *line.failure(first.offset, "", "").position()};
    set_once(file.swap, std::move(wish), line, first);
}

/// expect QUERY
Expectation expectation(const DirectiveLine& line, const ScanOptions& options) {
    const DirectiveWord& first = line.words().front();
    constexpr std::string_view example = "write expect SELECT count(*) = 0 FROM orders WHERE total IS NULL";
    const auto failure = [&](std::string message) {
        return line.failure(first.offset, std::move(message), std::string(example));
    };
    if (first.value)
        throw line.failure(first.offset, "expect takes no =", "write a space after expect");
    const std::string text = line.text_after_first();
    if (text.empty())
        throw failure("expect needs a query");
    try {
        ScanOptions of_query;
        of_query.standard_conforming_strings = options.standard_conforming_strings;
        const ScannedText scanned = scan(text, of_query);
        if (scanned.statements.size() != 1 || !scanned.includes.empty())
            throw failure("expect needs one query");
        const Statement& query = scanned.statements.front();
        if (facts(query.text, query.standard_conforming_strings).kind != "select")
            throw failure("expect needs a query that only reads");
        return {std::string(query.text), *failure("").position()};
    } catch (const Error& error) {
        if (error.position() && error.position()->file == options.file)
            throw;
        throw failure(fmt::format("expect needs one query: {}", error.message()));
    }
}

void read_for_statement(const DirectiveLine& line, StatementDirectives& statement) {
    const DirectiveWord& first = line.words().front();
    if (first.key == "ignore")
        return statement.ignored.push_back(ignored_rule(line));
    if (first.value)
        throw line.failure(first.offset, fmt::format("{} takes no =", first.key),
                           fmt::format("write a space after {}", first.key));
    if (first.key == "statement")
        read_statement(line, statement);
    else
        read_batch(line, statement);
}

/// A directive's first word says whom it is for. `statement` null: none follows where it stands. `is_at_top`: settings
/// of the file may stand here.
void read_line(const DirectiveLine& line, const ScanOptions& options, FileDirectives& file, bool is_at_top,
               StatementDirectives* statement) {
    const DirectiveWord& first = line.words().front();
    if (first.key == "swap" && !first.value)
        return read_swap(line, file);
    const bool is_for_statement =
        std::find(statement_words.begin(), statement_words.end(), first.key) != statement_words.end();
    if (is_for_statement && statement == nullptr)
        throw line.failure(first.offset, "no statement follows this directive",
                           "put it above the statement that it is for");
    if (is_for_statement)
        return read_for_statement(line, *statement);
    FileDirectives misplaced;
    FileDirectives& whole = is_at_top ? file : misplaced;
    if (first.key == "ignore-file")
        whole.ignored.push_back(ignored_rule(line));
    else if (first.key == "expect")
        whole.expected.push_back(expectation(line, options));
    else
        for (const DirectiveWord& word : line.words())
            read_file_word(line, word, whole);
    if (!is_at_top)
        throw line.failure(first.offset, fmt::format("{} is a setting of the whole file", first.key),
                           "put it above the first statement; for one statement write: statement lock_timeout=2s");
}

/// A comment on the line where the statement before ends: people mean that statement, the rule would take the next.
bool is_beside_end(const Comment& comment, const Statement& before) {
    const char* const end = before.text.data() + before.text.size();
    const std::string_view gap(end, static_cast<std::size_t>(comment.text.data() - end));
    return gap.find('\n') == std::string_view::npos;
}

void refuse_inner(const ScannedText& script, const ScanOptions& options) {
    for (const Comment& comment : script.inner_comments)
        if (const auto line = DirectiveLine::read(comment, script, options))
            throw line->failure(line->words().front().offset, "a directive inside a statement does nothing",
                                "put it on a line of its own above the statement");
}

}  // namespace

Directives directives(const ScannedText& script, const ScanOptions& options) {
    refuse_inner(script, options);
    Directives result;
    const StatementDirectives nothing;
    for (std::size_t i = 0; i < script.statements.size(); ++i) {
        StatementDirectives said;
        for (const Comment& comment : script.comments_before(script.statements[i])) {
            const auto line = DirectiveLine::read(comment, script, options);
            if (line && i > 0 && is_beside_end(comment, script.statements[i - 1]))
                throw line->failure(line->words().front().offset,
                                    "a directive on the same line as the end of a statement",
                                    "put it on a line of its own above the statement that it is for");
            if (line)
                read_line(*line, options, result.file, i == 0, &said);
        }
        if (said != nothing)
            result.statements.emplace(i, std::move(said));
    }
    for (const Comment& comment : script.comments_at_end()) {
        if (const auto line = DirectiveLine::read(comment, script, options))
            read_line(*line, options, result.file, script.statements.empty(), nullptr);
    }
    return result;
}

}  // namespace tripmig::sql
