select $$;$$, $a$;$$;$b$;$a$, $_$;$_$, $한글$;$한글$, $A$;$a$;$A$;
select a$$, b$x$c from (select 1 as a$$, 2 as b$x$c) as t$; select 1 as a$$;
select $$
select 1; -- no end
/* nor a comment
$$;
do $do$
begin
  execute $$select ';'$$;
  perform $q$ $do $dont$ ; $q$;
end
$do$;
select $1, $2a, 1$$;$$, $ab$;$abc$;$ab$;
prepare p as select $1::text||';', $2::int; select $$$$; select $x$$$$x$;
