select ';', 'it''s;', '\', "a;""b" from (select 1 as "a;""b") x; select E'\';', E'\\', e'\'' ';' ;
select E'a\
;b', '--', '/*', '$$;', "$$;" from (select 1 as "$$;") x;
select U&'\0061;', U&"d\0061t;" from (select 1 as "dat;") x; select B'01', X'1F', N';', b'1''0';
select te';', n';' ; select 'a';select'b';select"c"from(select 1 as c)x;
select '
;
', ';
' as "new
;line";
select 'first;'
  ';second' -- and; 'a comment'
  ';third', 'x' || /* no continuation ; */ ';';
select 'Größe;', 'ключ;', '키;' as "열;쇠";
