#pragma once

namespace tripmig::sandbox {

/// What became of one of the supervisor's jobs.
struct SupervisorReport {
    enum class Job : int { directory, cluster, postgres, supervisor } job = Job::directory;
    /// Of cluster and postgres: as waitpid() says; of directory: errno; of supervisor (it is gone): nothing.
    int status = 0;
};

}  // namespace tripmig::sandbox
