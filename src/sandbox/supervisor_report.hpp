#pragma once

namespace tripmig::sandbox {

/// What became of one of the supervisor's jobs.
struct SupervisorReport {
    enum class Job : int { directory, initdb, postgres, supervisor } job = Job::directory;
    int status =
        0;  ///< of initdb and postgres: as waitpid() says; of directory: errno; of supervisor (it is gone): nothing
};

}  // namespace tripmig::sandbox
