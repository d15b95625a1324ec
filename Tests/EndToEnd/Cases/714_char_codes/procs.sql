create or replace procedure dw.codes() language plpgsql as $$
declare r record; v_code char(3); v_n int;
begin
  create temp table t_codes (code char(3), name char(10), alt varchar(5)) on commit drop;
  insert into t_codes select code, name, trim(alt) from src.code;
  delete from dw.item;
  insert into dw.item (id, code, name, tag, flag, qty)
  select i.id, i.code, c.name, '[' || c.code || ']' || coalesce(c.alt, '-') || case when c.code = i.code then '=' else '#' end,
         case when i.flag = 'Y' then 'Y' when i.flag = '' then 'E' else coalesce(i.flag, 'N') end, i.qty
    from src.item i left join t_codes c on c.code = i.code;
  update dw.item set tag = tag || '/' || code || '/' where code like 'A%';
  update dw.item set tag = concat(tag, code, '.') where name = 'alpha' or code in ('AB', 'Z');
  delete from dw.code_sum;
  for r in select * from t_codes order by code loop
    v_code := r.code;
    select count(*), coalesce(sum(qty), 0) into v_n from dw.item where code = v_code;
    insert into dw.code_sum values (v_code, v_n, concat('<', r.code, '|', v_code, '>', length(r.code)));
  end loop;
  drop table t_codes;
end $$;
