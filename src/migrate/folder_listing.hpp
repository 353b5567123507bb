#pragma once

#include <string>
#include <vector>

namespace tripmig::migrate {

/// An entry of a migrations directory that is no readable file.
struct OddEntry {
    std::string name;                   ///< relative to the directory
    std::string reason;                 ///< "is a folder": what a message says of it
    bool is_unreadable_folder = false;  ///< what is in it stays unknown
};

/// The entries of a folder and of those below it. Hidden ones are other tools' (.git; a mounted ConfigMap keeps its
/// files in a hidden folder and links to them) and are skipped.
struct FolderListing {
    std::vector<std::string> files;  ///< relative to the folder, by name
    std::vector<OddEntry> odd;       ///< folders, pipes, dangling links: the dialect knows which of them are refused
};

/// Lists `root`, which ends in a slash. Links are followed, those to folders too: each folder is read once, by its own
/// path before a link's, at most 32 deep. A file that is reached twice under one name (same device and inode) is listed
/// once. Throws Error{usage} when `root` can't be read.
FolderListing list_folder(const std::string& root);

}  // namespace tripmig::migrate
