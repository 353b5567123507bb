select 1; -- a byte order mark
select 2;;;
;; select 3; ; -- nothing; more
