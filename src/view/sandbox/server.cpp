#include "view/sandbox/server.hpp"

#include <fmt/format.h>

namespace tripmig::view {

using SandboxJson = nlohmann::ordered_json;

std::string sandbox_status_text(const app::SandboxStatus& status) {
    const std::string directory = status.directory.string();
    if (status.pid)
        return fmt::format("runs in {}, process {}\n{}\n", directory, *status.pid, status.server->url());
    return fmt::format("no sandbox runs in {}{}\n", directory, status.server ? "; a stopped one is there" : "");
}

std::string sandbox_url_text(const app::SandboxStatus& status) {
    return status.server->url() + '\n';
}

SandboxJson sandbox_json(const app::SandboxStatus& status) {
    if (!status.server)
        return {{"running", false}, {"directory", status.directory.string()}};
    const sandbox::Server& server = *status.server;
    return {{"running", status.pid.has_value()},
            {"pid", status.pid ? SandboxJson(*status.pid) : SandboxJson(nullptr)},
            {"directory", server.directory.string()},
            {"url", server.url()},
            {"superuser_url", server.superuser_url()},
            {"log", server.log_file().string()},
            {"bindir", server.bindir.string()}};
}

SandboxJson stopped_sandbox_json(const app::StoppedSandbox& stopped) {
    return {{"running", false},
            {"directory", stopped.directory.string()},
            {"stopped", stopped.was_there},
            {"kept", stopped.is_kept}};
}

}  // namespace tripmig::view
