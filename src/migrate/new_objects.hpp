#pragma once

#include "migrate/script.hpp"

namespace tripmig::migrate {

/// Every statement makes a new table, type, sequence or routine that has nothing to do with what was there before: no
/// lock that anybody could wait for (manual 13.3.1), and no setting or role is changed. What the text does not make
/// certain counts as false; what an event trigger of the database does is not in the text. Pure.
bool makes_only_new_objects(const Script& script);

}  // namespace tripmig::migrate
