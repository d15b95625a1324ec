create or replace procedure etl.reconcile(p_tol numeric default 0.3, p_asof date default '2024-01-31') language plpgsql as $$
declare v_n int; v_pass int;
begin
  for v_pass in 1..3 loop
    insert into dw.match (bank_id, book_id, pass, diff)
    select bank_id, book_id, v_pass, diff from (
      select b.id as bank_id, k.id as book_id, b.amt - k.amt as diff,
             row_number() over (partition by b.id order by abs(b.amt - k.amt), abs(b.d - k.d), k.id) as rb,
             row_number() over (partition by k.id order by abs(b.amt - k.amt), abs(b.d - k.d), b.id) as rk
      from src.bank b
      join src.book k on case v_pass when 1 then k.amt = b.amt and k.d = b.d
                                     when 2 then k.amt = b.amt and abs(k.d - b.d) <= 3
                                     else abs(k.amt - b.amt) <= p_tol end
      where not exists (select 1 from dw.match m where m.bank_id = b.id)
        and not exists (select 1 from dw.match m where m.book_id = k.id)
    ) q where rb = 1 and rk = 1;
    get diagnostics v_n = row_count;
    insert into dw.pass_log values (v_pass, v_n, clock_timestamp());
  end loop;
  truncate dw.open_item;
  insert into dw.open_item
  select 'bank', id, amt, p_asof - d from src.bank where id not in (select bank_id from dw.match)
  union all
  select 'book', id, amt, p_asof - d from src.book where id not in (select book_id from dw.match where book_id is not null);
end $$;
