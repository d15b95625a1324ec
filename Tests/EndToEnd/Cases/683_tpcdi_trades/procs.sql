create procedure dw.load_trades(p_batch int) language plpgsql as $$
declare v record;
begin
  create temp table t on commit drop as select * from stg.trade where batch = p_batch;
  insert into dw.dup select id, count(*), p_batch from t group by id having count(*) > 1;
  delete from t a using (select ctid, row_number() over (partition by id order by ctid) as rn from t) b where a.ctid = b.ctid and b.rn > 1;
  insert into dw.trade as x (trade_id, acct, side, qty, price, created, closed, status, batch)
  select coalesce(t.id, h.id), t.acct, t.side, t.qty, t.price, h.created, h.closed, case when h.cancelled then 'CANCELED' when h.closed is not null then 'COMPLETED' else 'PENDING' end, p_batch
  from t full join (
    select id, min(at) filter (where st = 'SBMT') as created, max(at) filter (where st in ('CMPT', 'CNCL')) as closed, bool_or(st = 'CNCL') as cancelled
    from stg.trade_hist where batch = p_batch group by id
  ) h on h.id = t.id
  on conflict (trade_id) do update set closed = excluded.closed, status = excluded.status, batch = excluded.batch, created = coalesce(x.created, excluded.created);
  truncate dw.holding;
  insert into dw.holding
  select acct, trade_id, coalesce(sum(s) over w - s, 0), sum(s) over w
  from (select acct, trade_id, created, case side when 'B' then qty else -qty end as s from dw.trade where status = 'COMPLETED' and acct is not null) q
  window w as (partition by acct order by created, trade_id rows between unbounded preceding and current row);
  delete from dw.cash;
  insert into dw.cash
  select acct, d, delta, sum(delta) over (partition by acct order by d) from (
    select acct, closed::date as d, sum(case side when 'B' then -1 else 1 end * qty * price) as delta from dw.trade where status = 'COMPLETED' and acct is not null group by 1, 2
  ) z;
  for v in select acct, min(cur_qty) as m from dw.holding group by acct having min(cur_qty) < 0 loop
    raise notice 'account % is short by %', v.acct, -v.m;
  end loop;
end $$;
