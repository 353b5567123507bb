#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/command.hpp"
#include "support/test_database.hpp"

namespace tripmig::test {

/// A streaming standby of the sandbox's whole server, from the same binaries. Ends with the object.
class Standby {
  public:
    explicit Standby(const TestDatabase& database)
        : m_server(command(database)),
          m_url("postgresql://postgres@/postgres?host=" + m_folder.path().string() + "&port=5499") {
        for (int tries = 0; tries < 600; ++tries) {
            if (!m_server.is_running())
                throw std::runtime_error("the standby ended: " + m_server.err());
            try {
                if (Connection(m_url).scalar("SELECT pg_is_in_recovery()") == "t")
                    return;
            } catch (const std::runtime_error&) {
                std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it starts
            }
        }
        throw std::runtime_error("the standby does not start: " + m_server.err());
    }

    /// Whether this server's programs can make one.
    static bool is_possible() {
        const char* const folder = std::getenv("TRIPMIG_SANDBOX_BINDIR");
        return folder != nullptr && std::filesystem::exists(std::filesystem::path(folder) / "pg_basebackup");
    }

    /// As a superuser.
    [[nodiscard]] std::string url(const std::string& database) const {
        return "postgresql://postgres@/" + database + "?host=" + m_folder.path().string() + "&port=5499";
    }

    /// From here on it falls behind.
    void pause() const { (void)Connection(m_url).scalar("SELECT pg_wal_replay_pause()::text"); }
    void resume() const { (void)Connection(m_url).scalar("SELECT pg_wal_replay_resume()::text"); }

  private:
    /// PostgreSQL does not run as root: the standby is the sandbox's user's.
    std::vector<std::string> command(const TestDatabase& database) const {
        const char* const script = R"sh(set -e
            folder=$1 url=$2 bin=$TRIPMIG_SANDBOX_BINDIR
            "$bin/pg_basebackup" -d "$url" -D "$folder/data" -R -X stream --checkpoint=fast --no-sync
            set -- "$bin/postgres" -D "$folder/data" -c unix_socket_directories="$folder" -c port=5499 -c listen_addresses= -c hot_standby=on -c fsync=off -c max_connections=200
            if [ "$(id -u)" = 0 ]; then
                owner=$(stat -c %U "$TRIPMIG_SANDBOX_DIR/data")
                chown -R "$owner" "$folder"
                exec setpriv --reuid "$owner" --regid "$(id -g "$owner")" --clear-groups "$@"
            fi
            exec "$@")sh";
        return {"sh",
                "-c",
                script,
                "standby",
                m_folder.path().string(),
                database.superuser_url() + "&application_name=replica1"};
    }

    TemporaryFolder m_folder;
    BackgroundCommand m_server;
    std::string m_url;
};

}  // namespace tripmig::test
