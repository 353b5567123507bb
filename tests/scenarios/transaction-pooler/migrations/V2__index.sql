create index concurrently pooled_idx on pooled (id);
