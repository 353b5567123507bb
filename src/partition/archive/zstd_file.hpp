#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace tripmig::partition {

/// A file that is written under FILE.part, packed, and gets its name when it is whole. Whoever is killed leaves the
/// part, which the next one overwrites; it belongs to one process at a time.
class ZstdFile {
  public:
    /// Throws Error{refused} naming the file when it can't be written, or another process writes it.
    explicit ZstdFile(std::filesystem::path file);
    ~ZstdFile();
    ZstdFile(const ZstdFile&) = delete;
    ZstdFile& operator=(const ZstdFile&) = delete;

    void write(std::string_view text);
    /// SHA-256 of the text so far. Once: what is written after it is in no sum.
    [[nodiscard]] std::string sha256();
    /// The last of it; then it is on disk.
    void finish();
    /// Gives it its name, unless there is such a file by now: false then.
    [[nodiscard]] bool publish();

    [[nodiscard]] const std::filesystem::path& part() const;

  private:
    struct State;
    void pack(std::string_view text, bool is_last);
    void write_out(std::string_view bytes);
    [[noreturn]] void fail(const char* what) const;

    std::unique_ptr<State> m_state;
};

}  // namespace tripmig::partition
