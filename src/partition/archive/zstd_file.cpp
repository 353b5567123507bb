#include "partition/archive/zstd_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <vector>

#include "base/checksum.hpp"
#include "base/error.hpp"

namespace tripmig::partition {

namespace fs = std::filesystem;

struct ZstdFile::State {
    fs::path file;
    fs::path part;
    int descriptor = -1;
    std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context{ZSTD_createCCtx(), ZSTD_freeCCtx};
    std::string plain;
    std::vector<char> packed = std::vector<char>(ZSTD_CStreamOutSize());
    Sha256 sha256;
    bool is_published = false;
};

void ZstdFile::fail(const char* what) const {
    const std::string reason = std::generic_category().message(errno);
    throw Error(ExitCode::refused, fmt::format("cannot {} {}: {}", what, m_state->part.string(), reason),
                "nothing was dropped; make room, or let this user write there, and run it again");
}

ZstdFile::ZstdFile(fs::path file) : m_state(std::make_unique<State>()) {
    m_state->file = std::move(file);
    m_state->part = m_state->file.string() + ".part";
    std::error_code failed;
    fs::create_directories(m_state->file.parent_path(), failed);
    constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP;  // it is all that was in the table
    m_state->descriptor = ::open(m_state->part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
    if (m_state->descriptor < 0)
        fail("write");
    if (::flock(m_state->descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(m_state->descriptor);
        throw Error(ExitCode::refused, fmt::format("another process writes {}", m_state->part.string()),
                    "wait for it; two databases must not share an archive folder");
    }
    if (::ftruncate(m_state->descriptor, 0) != 0)
        fail("empty");
    ZSTD_CCtx_setParameter(m_state->context.get(), ZSTD_c_compressionLevel, 3);
    ZSTD_CCtx_setParameter(m_state->context.get(), ZSTD_c_checksumFlag, 1);
}

ZstdFile::~ZstdFile() {
    if (m_state->descriptor < 0)
        return;
    if (!m_state->is_published)
        ::unlink(m_state->part.c_str());
    ::close(m_state->descriptor);
}

void ZstdFile::write_out(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_state->descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR)
            fail("write");
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
}

void ZstdFile::pack(std::string_view text, bool is_last) {
    ZSTD_inBuffer input{text.data(), text.size(), 0};
    for (bool is_done = false; !is_done;) {
        ZSTD_outBuffer output{m_state->packed.data(), m_state->packed.size(), 0};
        const std::size_t left =
            ZSTD_compressStream2(m_state->context.get(), &output, &input, is_last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left) != 0)
            throw Error(ExitCode::unexpected, fmt::format("zstd: {}", ZSTD_getErrorName(left)));
        write_out({m_state->packed.data(), output.pos});
        is_done = is_last ? left == 0 : input.pos == input.size;
    }
}

void ZstdFile::write(std::string_view text) {
    constexpr std::size_t at_once = 1U << 16U;
    m_state->plain += text;
    if (m_state->plain.size() < at_once)
        return;
    m_state->sha256.add(m_state->plain);
    pack(m_state->plain, false);
    m_state->plain.clear();
}

std::string ZstdFile::sha256() {
    m_state->sha256.add(m_state->plain);
    pack(m_state->plain, false);
    m_state->plain.clear();
    return m_state->sha256.hex();
}

void ZstdFile::finish() {
    pack(m_state->plain, true);
    m_state->plain.clear();
    if (::fsync(m_state->descriptor) != 0)
        fail("write");
}

namespace {

/// The new name itself is on disk only then.
void sync_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    [[maybe_unused]] const int synced = ::fsync(descriptor);  // some file systems have no such thing
    ::close(descriptor);
}

}  // namespace

bool ZstdFile::publish() {
    if (::renameat2(AT_FDCWD, m_state->part.c_str(), AT_FDCWD, m_state->file.c_str(), RENAME_NOREPLACE) != 0) {
        if (errno == EEXIST)
            return false;
        // NFS and some others know no such rename.
        if (errno != EINVAL || fs::exists(m_state->file) || ::rename(m_state->part.c_str(), m_state->file.c_str()) != 0)
            fail("rename");
    }
    m_state->is_published = true;
    sync_folder(m_state->file.parent_path());
    sync_folder(m_state->file.parent_path().parent_path());
    return true;
}

const fs::path& ZstdFile::part() const {
    return m_state->part;
}

}  // namespace tripmig::partition
