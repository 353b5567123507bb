#include "partition/archive/read.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>
#include <vector>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

__extension__ using Wide = __int128;

constexpr std::string_view first_line = "-- tripmig archive 1";
constexpr std::string_view manifest_mark = "-- manifest ";
constexpr std::string_view sha256_mark = "-- sha256 ";

Error damaged(const std::string& name, const std::string& what) {
    return {ExitCode::refused, fmt::format("{} is no whole archive of tripmig: {}", name, what),
            "restore it from another copy; nothing was read into the database"};
}

/// Unpacks, and splits at line ends.
class Lines {
  public:
    Lines(const ByteSource& bytes, const std::string& name)
        : m_bytes(bytes),
          m_name(name),
          m_context(ZSTD_createDCtx(), ZSTD_freeDCtx),
          m_packed(ZSTD_DStreamInSize()),
          m_plain(ZSTD_DStreamOutSize()) {}

    /// The next line without its end, and whether there is one. What follows the last line end is an error.
    bool next(std::string& line) {
        line.clear();
        for (;;) {
            const auto begin = m_plain.begin() + static_cast<std::ptrdiff_t>(m_at);
            const auto end = m_plain.begin() + static_cast<std::ptrdiff_t>(m_filled);
            const auto found = std::find(begin, end, '\n');
            line.append(begin, found);
            if (found != end) {
                m_at = static_cast<std::size_t>(found - m_plain.begin()) + 1;
                return true;
            }
            if (!unpack_more()) {
                if (!line.empty())
                    throw damaged(m_name, "its last line has no end");
                return false;
            }
        }
    }

  private:
    bool unpack_more() {
        m_at = 0;
        m_filled = 0;
        while (m_filled == 0) {
            if (m_input.pos == m_input.size) {
                m_input = {m_packed.data(), m_bytes(m_packed.data(), m_packed.size()), 0};
                if (m_input.size == 0) {
                    if (m_wants_more)
                        throw damaged(m_name, "it ends too early");
                    return false;
                }
            }
            ZSTD_outBuffer output{m_plain.data(), m_plain.size(), 0};
            const std::size_t left = ZSTD_decompressStream(m_context.get(), &output, &m_input);
            if (ZSTD_isError(left) != 0)
                throw damaged(m_name, fmt::format("it can't be unpacked ({})", ZSTD_getErrorName(left)));
            m_wants_more = left != 0;
            m_filled = output.pos;
        }
        return true;
    }

    const ByteSource& m_bytes;
    const std::string& m_name;
    std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> m_context;
    std::vector<char> m_packed;
    std::vector<char> m_plain;
    ZSTD_inBuffer m_input{nullptr, 0, 0};
    std::size_t m_at = 0;
    std::size_t m_filled = 0;
    bool m_wants_more = true;
};

QualifiedName name_of(const nlohmann::json& value) {
    return {value.at("schema").get<std::string>(), value.at("name").get<std::string>()};
}

bool is_whole_number(std::string_view text) {
    const std::string_view digits = text.substr(!text.empty() && text.front() == '-' ? 1 : 0);
    constexpr std::size_t most = 40;
    return !digits.empty() && digits.size() <= most && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

Manifest parse_manifest(std::string_view text, const std::string& name) {
    try {
        const nlohmann::json json = nlohmann::json::parse(text);
        Manifest manifest;
        manifest.table = name_of(json.at("table"));
        if (!json.at("parent").is_null())
            manifest.parent = name_of(json.at("parent"));
        json.at("bounds").get_to(manifest.bounds);
        json.at("columns").get_to(manifest.columns);
        json.at("before").get_to(manifest.before);
        json.at("after").get_to(manifest.after);
        json.at("rows").get_to(manifest.content.rows);
        json.at("hash").get_to(manifest.content.hash);
        json.at("database").get_to(manifest.database);
        json.at("server_version").get_to(manifest.server_version);
        json.at("tool_version").get_to(manifest.tool_version);
        json.at("written_at").get_to(manifest.written_at);
        if (manifest.table.name.empty() || manifest.columns.empty() || manifest.content.rows < 0 ||
            !is_whole_number(manifest.content.hash))
            throw damaged(name, "its manifest is incomplete");
        return manifest;
    } catch (const nlohmann::json::exception& error) {
        throw damaged(name, fmt::format("its manifest can't be read ({})", error.what()));
    }
}

/// A field of COPY's text format, as the server writes it, becomes what format('%L') makes of the value.
class RowText {
  public:
    explicit RowText(const std::string& name) : m_name(name) {}

    const std::string& of(std::string_view line, std::size_t columns) {
        m_text.clear();
        std::size_t fields = 0;
        for (std::size_t from = 0; from <= line.size(); ++fields) {
            const std::size_t to = std::min(line.find('\t', from), line.size());
            m_text += fields == 0 ? "" : ",";
            add_field(line.substr(from, to - from));
            from = to + 1;
        }
        if (fields != columns)
            throw damaged(m_name, fmt::format("a row has {} fields, not {}", fields, columns));
        return m_text;
    }

  private:
    void add_field(std::string_view field) {
        if (field == "\\N") {
            m_text += "NULL";
            return;
        }
        m_value.clear();
        for (std::size_t i = 0; i < field.size(); ++i)
            m_value += field[i] == '\\' ? escaped(field, ++i) : field[i];
        if (m_value.find('\\') != std::string::npos)
            m_text += 'E';
        m_text += '\'';
        for (const char c : m_value) {
            if (c == '\'' || c == '\\')
                m_text += c;
            m_text += c;
        }
        m_text += '\'';
    }

    [[nodiscard]] char escaped(std::string_view field, std::size_t at) const {
        constexpr std::string_view letters = "bfnrtv\\";
        constexpr std::string_view meanings = "\b\f\n\r\t\v\\";
        const std::size_t found = at < field.size() ? letters.find(field[at]) : std::string_view::npos;
        if (found == std::string_view::npos)
            throw damaged(m_name, "a row has an escape that no server writes");
        return meanings[found];
    }

    const std::string& m_name;
    std::string m_text;
    std::string m_value;
};

std::int64_t hash_of(std::string_view row) {
    constexpr std::size_t digits = 16;
    constexpr int base = 16;
    const std::string hex = sha256_hex(row);
    std::uint64_t value = 0;
    std::from_chars(hex.data(), hex.data() + digits, value, base);
    return static_cast<std::int64_t>(value);
}

std::string text_of(Wide number) {
    const bool is_negative = number < 0;
    std::string digits;
    do {
        const auto digit = static_cast<int>(number % 10);
        digits += static_cast<char>('0' + (is_negative ? -digit : digit));
        number /= 10;
    } while (number != 0);
    if (is_negative)
        digits += '-';
    std::reverse(digits.begin(), digits.end());
    return digits;
}

class Reader {
  public:
    Reader(const ByteSource& bytes, const std::string& name) : m_name(name), m_lines(bytes, name) {}

    Manifest read(const RowSink& sink) {
        const std::string first = take();
        if (first != first_line)
            throw damaged(m_name, first.rfind("-- tripmig archive ", 0) == 0 ? "another version of tripmig wrote it"
                                                                             : "it is something else");
        const std::string second = take();
        if (second.rfind(manifest_mark, 0) != 0)
            throw damaged(m_name, "its manifest is missing");
        Manifest manifest = parse_manifest(std::string_view(second).substr(manifest_mark.size()), m_name);
        expect(head_of(manifest));
        read_rows(manifest, sink);
        expect(foot_of(manifest));
        check_end();
        return manifest;
    }

  private:
    std::string take() {
        std::string line;
        if (!m_lines.next(line))
            throw damaged(m_name, "it ends too early");
        m_sha256.add(line);
        m_sha256.add("\n");
        return line;
    }

    static std::string head_of(const Manifest& manifest) {
        std::string text =
            "\\set ON_ERROR_STOP on\nBEGIN;\nSET LOCAL client_encoding = 'UTF8';\nSET LOCAL "
            "standard_conforming_strings = "
            "on;\nSET LOCAL DateStyle = 'ISO, MDY';\nSET LOCAL IntervalStyle = 'postgres';\nSET LOCAL TimeZone = "
            "'UTC';\nSET LOCAL xmloption = 'content';\nSET LOCAL search_path = pg_catalog, pg_temp;\n";
        for (const std::string& statement : manifest.before)
            text += statement + ";\n";
        std::string columns;
        for (const std::string& column : manifest.columns)
            columns += (columns.empty() ? "" : ", ") + sql::quote_ident(column);
        return text + fmt::format("COPY {} ({}) FROM stdin;\n", sql::quoted(manifest.table), columns);
    }

    static std::string foot_of(const Manifest& manifest) {
        std::string text;
        for (const std::string& statement : manifest.after)
            text += statement + ";\n";
        return text + "COMMIT;\n";
    }

    void expect(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = text.find('\n');
            if (take() != text.substr(0, end))
                throw damaged(m_name, "its statements are not those of its manifest");
            text.remove_prefix(end + 1);
        }
    }

    void read_rows(const Manifest& manifest, const RowSink& sink) {
        RowText row_text(m_name);
        Wide hash = 0;
        std::int64_t rows = 0;
        for (std::string line = take(); line != "\\."; line = take()) {
            hash += hash_of(row_text.of(line, manifest.columns.size()));
            ++rows;
            if (sink)
                sink(line += '\n');
        }
        if (rows != manifest.content.rows)
            throw damaged(m_name, fmt::format("it has {} rows, and its manifest says {}", rows, manifest.content.rows));
        if (text_of(hash) != manifest.content.hash)
            throw damaged(m_name, "its rows are not those that the server counted");
    }

    void check_end() {
        const std::string sum = m_sha256.hex();
        std::string line;
        if (!m_lines.next(line))
            throw damaged(m_name, "it ends too early");
        if (line != std::string(sha256_mark) + sum)
            throw damaged(m_name, "its SHA-256 differs");
        if (m_lines.next(line))
            throw damaged(m_name, "something follows its end");
    }

    const std::string& m_name;
    Lines m_lines;
    Sha256 m_sha256;
};

}  // namespace

Manifest read_archive(const ByteSource& bytes, const std::string& name, const RowSink& sink) {
    return Reader(bytes, name).read(sink);
}

Manifest read_archive(const std::filesystem::path& file, const RowSink& sink) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        throw Error(ExitCode::usage,
                    fmt::format("cannot read {}: {}", file.string(), std::generic_category().message(errno)));
    const std::unique_ptr<const int, void (*)(const int*)> closed(&descriptor, [](const int* open) { ::close(*open); });
    const ByteSource bytes = [&](char* buffer, std::size_t size) {
        const ssize_t count = ::read(descriptor, buffer, size);
        if (count < 0)
            throw Error(ExitCode::unexpected,
                        fmt::format("cannot read {}: {}", file.string(), std::generic_category().message(errno)));
        return static_cast<std::size_t>(count);
    };
    return read_archive(bytes, file.string(), sink);
}

}  // namespace tripmig::partition
