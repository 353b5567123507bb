-- +goose Up
-- +goose StatementBegin
select 1;
-- +goose StatementEnd
-- +goose ENVSUB ON
select '${NAME:-x}', $1, $$a$$;
-- +goose Down
select 2;
