create or replace procedure etl.sync_products(p_full boolean default false) language plpgsql as $$
declare n_m int; n_d int := 0; n_h int; v_run int;
begin
  select coalesce(max(run), 0) + 1 into v_run from dw.sync_log;
  create temp table delta on commit drop as
  select code, coalesce(name, '(' || code || ')') as name, price from (
    select p.*, row_number() over (partition by code order by changed desc nulls last, name) rn from src.product p where code is not null
  ) q where rn = 1;

  merge into dw.product t using delta d on t.code = d.code
  when matched and t.deleted then update set deleted = false, name = d.name, price = d.price, updated = now()
  when matched and (t.name, t.price) is not distinct from (d.name, round(d.price, 2)) then do nothing
  when matched then update set name = d.name, price = coalesce(d.price, t.price), updated = now()
  when not matched and d.price is null and not p_full then do nothing
  when not matched then insert (code, name, price, updated) values (d.code, d.name, d.price, now());
  get diagnostics n_m = row_count;

  if p_full then
    update dw.product t set deleted = true, updated = now() where not deleted and not exists (select 1 from delta d where d.code = t.code);
    get diagnostics n_d = row_count;
  end if;

  insert into dw.price_history
  select t.code, t.price, coalesce(h.seq, 0) + 1
  from dw.product t
  left join lateral (select h.seq, h.price from dw.price_history h where h.code = t.code order by h.seq desc limit 1) h on true
  where not t.deleted and (h.seq is null or h.price is distinct from t.price);
  get diagnostics n_h = row_count;
  insert into dw.sync_log values (v_run, n_m, n_d, n_h);
end $$;
