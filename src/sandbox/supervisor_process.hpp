#pragma once

#include <sys/types.h>

namespace tripmig::sandbox {

/// SupervisorOrders as plain memory, made before fork(): between fork() and exec() only async-signal-safe calls are
/// allowed (signal-safety(7)), so nothing may be allocated there.
struct RawOrders {
    const char* directory = nullptr;
    const char* log_file = nullptr;
    char* const* make_cluster = nullptr;  ///< nullptr: there is one
    char* const* postgres = nullptr;
    char* const* remove = nullptr;  ///< nullptr: the cluster stays
    char* const* environment = nullptr;
    bool make_directory = false;
    bool change_user = false;
    bool die_together = true;
    uid_t uid = 0;
    gid_t gid = 0;
    int socket = -1;  ///< orders come in, reports go out
};

/// The exit code of a child that cannot write to the directory as the server's user, and so has no log to say it in.
constexpr int no_access = 125;

constexpr char order_release = 'r';
constexpr char order_keep = 'k';

/// The supervisor's whole life, in the child of fork().
[[noreturn]] void supervise(const RawOrders& orders);

}  // namespace tripmig::sandbox
