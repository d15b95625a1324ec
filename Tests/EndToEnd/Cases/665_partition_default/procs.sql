create procedure etl.load_region(p_region text) language plpgsql as $$
begin
  case p_region
    when 'EU' then truncate dw.s_eu;
    when 'US' then delete from dw.s_us;
    else delete from dw.s_other where region is not distinct from p_region;
  end case;
  insert into dw.s select region, amt, d from src.s where region is not distinct from p_region;
  create index if not exists s_d_brin on dw.s using brin (d);
  insert into dw.tot select region, sum(amt), count(*) from dw.s where region = p_region group by region
  on conflict (region) do update set (amt, n) = row(excluded.amt, excluded.n);
  if not found then
    insert into dw.tot values (coalesce(p_region, '-'), 0, 0) on conflict do nothing;
  end if;
end $$;
