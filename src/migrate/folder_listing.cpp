#include "migrate/folder_listing.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace tripmig::migrate {

namespace {

constexpr int max_depth = 32;
constexpr std::size_t max_linked_entries = 100'000;  ///< a link to / is a mistake

/// What the file system calls the same file or folder.
using Identity = std::pair<dev_t, ino_t>;

std::string_view type_name(mode_t mode) {
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a FIFO";
    return S_ISSOCK(mode) ? "a socket" : "a device";
}

std::string_view last_part(std::string_view name) {
    return name.substr(name.rfind('/') + 1);
}

/// Walks the folders proper first, then those behind links: a folder's own path wins.
class FolderWalk {
  public:
    explicit FolderWalk(const std::string& root) : m_root(root) {}

    FolderListing run() {
        walk({"", 0, false});
        while (!m_linked.empty()) {
            std::vector<Folder> linked = std::exchange(m_linked, {});
            std::sort(linked.begin(), linked.end(), [](const Folder& a, const Folder& b) { return a.name < b.name; });
            for (const Folder& folder : linked)
                walk(folder);
        }
        drop_reached_twice();
        for (File& file : m_files)
            m_listing.files.push_back(std::move(file.name));
        std::sort(m_listing.files.begin(), m_listing.files.end());
        return std::move(m_listing);
    }

  private:
    struct Folder {
        std::string name;  ///< "" or "folder/"
        int depth = 0;
        bool is_behind_link = false;
    };
    struct File {
        std::string name;
        bool is_behind_link = false;
    };

    void walk(const Folder& folder) {
        const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir((m_root + folder.name).c_str()), ::closedir);
        struct stat info {};
        if (opened == nullptr || ::fstat(::dirfd(opened.get()), &info) != 0)
            return refuse_folder(folder, std::strerror(errno));
        if (!m_walked.insert({info.st_dev, info.st_ino}).second)
            return;
        if (folder.depth > max_depth)
            return refuse_folder(folder, fmt::format("it is more than {} folders deep", max_depth));
        std::vector<std::string> inner;
        errno = 0;
        while (const dirent* entry = ::readdir(opened.get())) {
            if (folder.is_behind_link && ++m_linked_entries > max_linked_entries)
                return refuse_folder(folder, "too many entries are reached through links");
            if (entry->d_name[0] != '.')
                add(folder, folder.name + static_cast<const char*>(entry->d_name), entry->d_type, inner);
            errno = 0;
        }
        if (errno != 0)
            return refuse_folder(folder, std::strerror(errno));
        std::sort(inner.begin(), inner.end());
        for (const std::string& name : inner)
            walk({name + "/", folder.depth + 1, folder.is_behind_link});
    }

    /// Asks the file system only where the listing does not tell.
    void add(const Folder& folder, const std::string& name, unsigned char type, std::vector<std::string>& inner) {
        struct stat info {};
        if (type == DT_UNKNOWN && ::lstat((m_root + name).c_str(), &info) == 0)
            type = static_cast<unsigned char>(IFTODT(info.st_mode));
        if (type == DT_REG) {
            m_files.push_back({name, folder.is_behind_link});
            return;
        }
        if (::stat((m_root + name).c_str(), &info) != 0) {
            const std::string problem = std::strerror(errno);
            m_listing.odd.push_back({name, type == DT_LNK ? "is a broken link: " + problem : problem});
            return;
        }
        if (S_ISREG(info.st_mode)) {
            m_files.push_back({name, true});
            return;
        }
        const std::string_view is = type == DT_LNK ? "is a link to " : "is ";
        m_listing.odd.push_back({name, fmt::format("{}{}", is, type_name(info.st_mode))});
        if (S_ISDIR(info.st_mode) && type == DT_LNK)
            m_linked.push_back({name + "/", folder.depth + 1, true});
        else if (S_ISDIR(info.st_mode))
            inner.push_back(name);
    }

    void refuse_folder(const Folder& folder, const std::string& why) {
        if (folder.name.empty())
            throw Error(ExitCode::usage, fmt::format("cannot read {}: {}", m_root, why),
                        "check the path and that this user may read it");
        m_listing.odd.push_back({folder.name, "can't be read: " + why, true});
    }

    /// Files of one name are compared; of those that are one file the one that is no link stays.
    void drop_reached_twice() {
        std::sort(m_files.begin(), m_files.end(), [](const File& a, const File& b) {
            return std::make_tuple(last_part(a.name), a.is_behind_link, std::string_view(a.name)) <
                   std::make_tuple(last_part(b.name), b.is_behind_link, std::string_view(b.name));
        });
        std::vector<File> kept;
        std::set<Identity> seen;
        for (std::size_t i = 0; i < m_files.size(); ++i) {
            const std::string_view name = last_part(m_files[i].name);
            const bool follows_twin = i > 0 && !kept.empty() && last_part(kept.back().name) == name;
            const bool has_twin = i + 1 < m_files.size() && last_part(m_files[i + 1].name) == name;
            if (!follows_twin)
                seen.clear();
            struct stat info {};
            if ((follows_twin || has_twin) && ::stat((m_root + m_files[i].name).c_str(), &info) == 0 &&
                !seen.insert({info.st_dev, info.st_ino}).second)
                continue;
            kept.push_back(m_files[i]);
        }
        m_files = std::move(kept);
    }

    const std::string& m_root;
    FolderListing m_listing;
    std::vector<File> m_files;
    std::vector<Folder> m_linked;
    std::set<Identity> m_walked;
    std::size_t m_linked_entries = 0;
};

}  // namespace

FolderListing list_folder(const std::string& root) {
    return FolderWalk(root).run();
}

}  // namespace tripmig::migrate
