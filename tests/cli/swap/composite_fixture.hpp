#pragma once

#include <string>

#include "cli/swap/fixture.hpp"

namespace tripmig::test {

/// Orders under the policy `composite`.
struct CompositeFixture : SwapFixture {
    explicit CompositeFixture(const std::string& strategy = "attach", const std::string& more = "") {
        folder.write("partitions/orders.toml",
                     "table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 2\nstart = "
                     "\"2026-01-01\"\n[swap]\nincoming_foreign_keys = \"composite\"\nstrategy = \"" +
                         strategy + "\"\n" + more);
    }
    [[nodiscard]] std::string scalar(const std::string& sql) const { return database.scalar(sql); }
    [[nodiscard]] std::string definition(const std::string& name) const {
        return scalar("SELECT pg_get_constraintdef(oid) || convalidated FROM pg_constraint WHERE conname = '" + name +
                      "' AND conparentid = 0");
    }
    /// Lines without their order, or with another order's key, or without a key.
    [[nodiscard]] std::string wrong_lines() const {
        return scalar(
            "SELECT count(*) FROM lines l LEFT JOIN orders o ON o.id = l.order_id AND o.at = l.order_at "
            "WHERE l.order_id IS NOT NULL AND o.id IS NULL");
    }
    /// Of columns, triggers, functions and keys that the policy adds.
    [[nodiscard]] std::string left_overs() const {
        return scalar(
            "SELECT (SELECT count(*) FROM pg_attribute WHERE attname = 'order_at' AND NOT attisdropped) + "
            "(SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%order_at%') + (SELECT count(*) FROM pg_proc "
            "WHERE "
            "proname LIKE '%order_at%') + (SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig%')");
    }
};

}  // namespace tripmig::test
