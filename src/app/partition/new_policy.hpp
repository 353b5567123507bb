#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "app/partition/reading_server.hpp"
#include "partition/adopt/draft.hpp"

namespace tripmig::app {

/// A policy file that is about to be written.
struct NewPolicy {
    QualifiedName table;
    std::filesystem::path file;
    std::string text;
    std::vector<std::string> notes;  ///< what whoever uses it should know
};

/// The policy for a table as it is: what config::parse_policy() and `partition check` accept. `origin`: the file's
/// first line, a comment. Changes nothing.
NewPolicy make_policy(const Context& context, ReadingServer& reading, const QualifiedName& table,
                      const partition::DraftWishes& wishes, const std::string& origin);

/// The policy file that the table has already; empty: none. One that can't be read counts as none.
std::filesystem::path policy_file_of(const Context& context, const QualifiedName& table);

/// Throws Error{refused} when something has that name already: nothing is ever overwritten.
void require_no_file(const std::filesystem::path& file);

/// Writes it, and makes its folder. Throws as require_no_file() does.
void write_policy(const NewPolicy& policy);

}  // namespace tripmig::app
