-- a comment; with 'quotes" and $$
/* a block; /* nested; */ still; */ select 1 /* in; */ + 2 -- end;
; /*/ this is open; */ select 3; /**/select 4;/***/select 5;
select 6 /* * / ; **/ ; select 7 /*/*/**/;*/;*/ ; -- ;
select 1 --
+ 2; select 1--2;
;select 3; -- a comment's quote
select '/*'; select '*/'; select "--" from (select 1 as "--") x; -- " '
select 8 -- the end of line comment /* does not open
; select 9 /* -- this does not hide the end */ ; select 10
-- a comment at the end, no ;
