#include "ddl/without_only.hpp"

#include <doctest/doctest.h>

using namespace tripmig;
using namespace tripmig::ddl;

TEST_CASE("ONLY goes in front of this table's name, and nowhere else") {
    const QualifiedName ev{"public", "ev"};
    const auto kept = [&](const char* sql) {
        CHECK_FALSE(says_only(sql, ev));
        CHECK(without_only(sql, ev) == sql);
    };
    CHECK(says_only("SELECT 1 FROM ONLY public.ev", ev));
    CHECK(without_only("SELECT a FROM ONLY public.ev e JOIN ONLY\n public.\"ev\" f USING (a)", ev) ==
          "SELECT a FROM public.ev e JOIN public.\"ev\" f USING (a)");
    CHECK(without_only("DO ALSO DELETE FROM ONLY public.ev", ev) == "DO ALSO DELETE FROM public.ev");
    kept("SELECT 1 FROM ONLY public.ev2");
    kept("SELECT 1 FROM ONLY other.ev");
    kept("SELECT 'FROM ONLY public.ev' FROM public.ev FETCH FIRST 1 ROWS ONLY");
    kept("CREATE FUNCTION f() AS $$SELECT 1 FROM ONLY public.ev$$");
    kept("SELECT \"only\" public FROM public.ev");
    CHECK(without_only("UPDATE ONLY \"Shop One\".\"E\"\"v\" SET a = 1", {"Shop One", "E\"v"}) ==
          "UPDATE \"Shop One\".\"E\"\"v\" SET a = 1");
}
