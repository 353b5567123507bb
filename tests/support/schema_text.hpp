#pragma once

#include <string>
#include <vector>

namespace tripmig::test {

/// The schema of a database without tripmig's own state, as pg_dump of the server's version says it; where there is
/// none, as its catalog does: a line for each fact, in the order of the alphabet. `without`: relations to leave out,
/// as `--exclude-table` reads it (public.orders_2*).
std::string schema_text(const std::string& url, const std::vector<std::string>& without = {});

/// A table of which a partitioned one and a plain one are to have one text. Left out of it is what a swap changes and
/// says so: kind, partition key and storage parameters, NOT NULL of the key, the primary key's columns, what incoming
/// foreign keys point to.
struct SwappedTable {
    std::string table;  ///< as SQL names it
    std::string key;
    std::string registry;  ///< its functions and triggers run with their owner's rights; nobody else's may here
    bool gives_up_incoming = false;
    bool unique_per_leaf = false;  ///< what is unique without the key is the leaves'
};

/// The second form, on any server. Two equal texts: pg_dump says the same of both. `without`: as regclass prints them.
std::string catalog_text(const std::string& url, const std::vector<std::string>& without = {},
                         const SwappedTable& swapped = {});

}  // namespace tripmig::test
