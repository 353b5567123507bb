#include "sandbox/server_user.hpp"

#include <pwd.h>
#include <unistd.h>

#include "base/error.hpp"

namespace tripmig::sandbox {

std::optional<ServerUser> server_user() {
    if (::geteuid() != 0)
        return std::nullopt;
    for (const char* const name : {"postgres", "nobody"})
        if (const passwd* const entry = ::getpwnam(name); entry != nullptr && entry->pw_uid != 0)
            return ServerUser{name, entry->pw_uid, entry->pw_gid};
    throw Error(ExitCode::refused, "PostgreSQL does not run as root, and neither user postgres nor user nobody exists",
                "run tripmig as an ordinary user");
}

}  // namespace tripmig::sandbox
