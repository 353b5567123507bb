-- A command that changes something begins. psql variable: state.
-- $1 command  $2 options  $3 user of the operating system  $4 host  $5 process id  $6 application name  $7 tool version
INSERT INTO :"state".audit (command, options, os_user, host, pid, application, client_address, tool_version)
VALUES ($1, $2, $3, $4, $5::pg_catalog.int8, $6, pg_catalog.host(pg_catalog.inet_client_addr()), $7)
RETURNING id
