-- Whether nothing is left to do for a partition once its DETACH is finished: it has neither foreign keys nor triggers, by which
-- it would still be tied to other tables. $1 the partition, as SQL spells it
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass($1) AND contype = 'f')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = pg_catalog.to_regclass($1) AND NOT tgisinternal)
