-- Follows the rates from one currency to another, at most three hops.
create function px.to_eur(p_amt numeric, p_cur text, p_on date) returns numeric language plpgsql stable as $$
declare
  v_cur ref.rate.from_cur%type := p_cur;
  v_amt numeric := p_amt;
  r ref.rate%rowtype;
  n int := 0;
begin
  while v_cur <> 'EUR' and n < 3 loop
    select x.* into r from ref.rate x where x.from_cur = v_cur and x.valid_from <= p_on order by x.valid_from desc, x.to_cur limit 1;
    if not found then return null; end if;
    v_amt := v_amt * r.rate;
    v_cur := r.to_cur;
    n := n + 1;
  end loop;
  if v_cur is distinct from 'EUR' then return null; end if;
  return v_amt;
end $$;
create function px.best_pct(p_tier text, p_amt numeric) returns numeric language plpgsql as $$
declare best numeric := 0; d record;
begin
  for d in with steps as (select pct, min_amt from ref.discount where tier = p_tier)
           select s.pct from steps s, (select max(min_amt) as m from ref.discount, (values (1)) v(o)) top where s.min_amt <= p_amt and top.m is not null
  loop
    if d.pct > best then best := d.pct; end if;
  end loop;
  return best;
end $$;
create function px.net(p_tier text, p_amt numeric) returns numeric language plpgsql as $$
declare v numeric := p_amt;
begin
  for i in 1..2 loop
    v := v - v * px.best_pct(p_tier, v) / 100;
  end loop;
  return round(v, 2);
end $$;
create function px.hops(p_cur text) returns text language plpgsql as $$
declare t text := ''; c cursor for select v.to_cur from ref.v_current v where v.from_cur = p_cur order by 1; x text;
begin
  open c;
  loop
    fetch c into x; exit when not found;
    t := t || '>' || x;
  end loop;
  close c;
  return nullif(t, '');
end $$;
create function px.parts(p_amt numeric, p_tier text) returns table(no int, part numeric) language plpgsql as $$
declare rest numeric := p_amt; d record;
begin
  no := 0;
  for d in select min_amt from ref.discount where tier = p_tier order by min_amt desc loop
    if rest > d.min_amt then
      no := no + 1; part := rest - d.min_amt; rest := d.min_amt;
      return next;
    end if;
  end loop;
  return;
end $$;
create function px.bonus(p_tier text) returns int language plpgsql as $$
declare s int := 0; b ref."Bonus";
begin
  foreach b in array array(select t from ref."Bonus" as t) loop
    if b."Tier" <= p_tier then s := s + b.pts; end if;
  end loop;
  return s;
end $$;
create procedure px.price_orders(p_on date) language plpgsql as $$
declare o record;
begin
  delete from dw.plan;
  delete from dw.priced where px.to_eur(1, (select cur from src.orders s where s.id = priced.id), p_on) is not null;
  insert into dw.priced(id, eur, net, path, bonus)
  select id, px.to_eur(amt, cur, coalesce(on_day, p_on)), px.net(tier, px.to_eur(amt, cur, p_on)), px.hops(cur), px.bonus(tier) from src.orders
  on conflict (id) do update set net = excluded.net;
  insert into dw.plan select s.id, p.no, p.part from src.orders s cross join px.parts(s.amt, s.tier) p;
  for o in select s.id, count(q.no) as n from src.orders s left join lateral px.parts(s.amt, s.tier) as q on true group by s.id order by s.id loop
    update dw.priced set plan_n = o.n where id = o.id;
  end loop;
end $$;
