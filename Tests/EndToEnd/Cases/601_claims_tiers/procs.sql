-- commission run, J. Meier 2016; tiers added 2019 (kv); override since 2021
create procedure agt.run_commission(in p_period char(7), inout p_agents int default 0)
language plpgsql as $$
declare
  d1 date; d2 date;
  s agt.policy_sale%rowtype;
  v_rate agt.tier.rate%type;
  v_comm numeric;
  v_lvl int;
  v_parent int;
  v_share numeric;
  cur cursor (c_from date, c_to date) for
    select * from agt.policy_sale where sold_on >= c_from and sold_on < c_to order by sale_id;
begin
  d1 := to_date(p_period || '-01', 'YYYY-MM-DD');
  d2 := d1 + interval '1 month';
  delete from agt.commission where period = p_period;
  delete from agt.err where period = p_period;
  open cur(d1, d2);
  loop
    fetch cur into s;
    exit when not found;
    continue when s.cancelled_on is not null and s.cancelled_on < d2;
    if s.premium is null then
      insert into agt.err (period, sale_id, msg) values (p_period, s.sale_id, format('sale %s of %s without premium', s.sale_id, trim(s.product)));
      continue;
    end if;
    begin
      select t.rate into strict v_rate from agt.tier t
       where t.product = s.product and s.premium >= t.lower and (t.upper is null or s.premium < t.upper);
    exception
      when no_data_found then
        insert into agt.err (period, sale_id, msg) values (p_period, s.sale_id, 'no tier');
        continue;
      when too_many_rows then
        v_rate := 0;
    end;
    v_comm := round(s.premium * v_rate, 2);
    if not exists (select from agt.agent a where a.agent_id = s.agent_id) then
      insert into agt.err (period, sale_id, msg) values (p_period, s.sale_id, 'agent ' || s.agent_id || ' is unknown');
      continue;
    end if;
    insert into agt.commission (agent_id, period, product, direct) values (s.agent_id, p_period, s.product, v_comm)
    on conflict (agent_id, period, product) do update set direct = agt.commission.direct + excluded.direct;
    -- two levels up get an override
    v_lvl := 1;
    select parent_id into v_parent from agt.agent where agent_id = s.agent_id;
    while v_parent is not null and v_lvl <= 2 loop
      v_share := case v_lvl when 1 then 0.02 else 0.01 end;
      if (select active from agt.agent where agent_id = v_parent) then
        insert into agt.commission (agent_id, period, product, override) values (v_parent, p_period, s.product, round(s.premium * v_share, 2))
        on conflict (agent_id, period, product) do update set override = agt.commission.override + excluded.override;
      end if;
      select parent_id into v_parent from agt.agent where agent_id = v_parent;
      v_lvl := v_lvl + 1;
    end loop;
  end loop;
  close cur;
  select count(distinct agent_id) into p_agents from agt.commission where period = p_period;
  insert into agt.stats as st (period, agents, total, top_agent)
  select p_period, p_agents, coalesce(sum(total),0),
         (select a.name from agt.commission c join agt.agent a using (agent_id) where c.period = p_period group by a.agent_id, a.name order by sum(c.total) desc, a.agent_id limit 1)
  from agt.commission where period = p_period
  on conflict (period) do update set (agents, total, top_agent) = (excluded.agents, excluded.total, excluded.top_agent);
end $$;
