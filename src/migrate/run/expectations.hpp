#pragma once

#include "migrate/migration.hpp"
#include "migrate/run/file_session.hpp"

namespace tripmig::migrate {

/// Asks the queries of the file's `expect` directives, in the session that the file is about to run in, each in a
/// read-only transaction. Throws Error{refused} with the query when one is anything but a single true; privileges, lock
/// deadline, a lost connection and signals keep their own codes. Nothing of the file ran then.
void require_expectations(FileSession& session, const Migration& migration, const Script& script);

}  // namespace tripmig::migrate
