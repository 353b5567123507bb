#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace tripmig::sandbox {

/// Whom the server runs as when that is not who we are.
struct ServerUser {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// PostgreSQL refuses to run as root: root hands its sandbox to `postgres`, or to `nobody` where there is none.
/// Everyone else runs it as himself (nullopt). Throws Error{refused} when root finds neither.
std::optional<ServerUser> server_user();

}  // namespace tripmig::sandbox
