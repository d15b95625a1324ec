create procedure gl.msg(l text, t text, variadic args text[] default '{}') language plpgsql as $$
begin insert into gl.message (level, txt) values (l, t || case when cardinality(args) > 0 then ' (' || array_to_string(args, ', ') || ')' else '' end); end $$;

create function gl.is_balanced(p_year int) returns boolean stable language sql as $$
  select coalesce(sum(debit) = sum(credit), true) from gl.entry where year = p_year
$$;

create procedure gl.close_year(p_year int, p_force boolean default false) language plpgsql as $procedure$
declare
  v_open int; v_result numeric(15,2); v_n int; b record; v_total_d numeric := 0; v_total_c numeric := 0;
begin
  if not gl.is_balanced(p_year) then
    call gl.msg('error', format('%s is not balanced', p_year));
    if not p_force then return; end if;
  end if;
  select count(*) into v_open from gl.period where year = p_year and month <= 12 and state = 'open';
  if v_open > 1 and not p_force then
    call gl.msg('error', 'periods are open', v_open::text, p_year::text);
    raise exception 'year % has % open periods', p_year, v_open using hint = 'close them';
  end if;

  -- take back an earlier closing
  delete from gl.entry where year = p_year and month = 13 and source = 'close'
     or year = p_year + 1 and month = 0 and source = 'close';

  select coalesce(sum(credit - debit), 0) into v_result
    from gl.entry e join gl.account a using (acct) where e.year = p_year and a.kind in ('R', 'X');

  -- revenue and cost to the result
  insert into gl.entry (year, month, acct, debit, credit, txt, source)
  select p_year, 13, acct, greatest(sum(credit - debit), 0), greatest(sum(debit - credit), 0), 'closing ' || acct, 'close'
    from gl.entry join gl.account using (acct)
   where year = p_year and kind in ('R', 'X')
   group by acct having sum(credit - debit) <> 0;
  get diagnostics v_n = row_count;
  if v_n > 0 then
    insert into gl.entry (year, month, acct, debit, credit, txt, source)
    values (p_year, 13, '3900', case when v_result < 0 then -v_result else 0 end, case when v_result > 0 then v_result else 0 end, 'result ' || p_year, 'close');
  end if;

  delete from gl.balance where year = p_year;
  for b in
    select a.acct, a.kind, coalesce(o.closing, 0) as opening, coalesce(t.d, 0) as d, coalesce(t.c, 0) as c
      from gl.account a
      left join gl.balance o on o.year = p_year - 1 and o.acct = a.acct
      left join (select acct, sum(debit) d, sum(credit) c from gl.entry where year = p_year and month > 0 group by acct) t on t.acct = a.acct
     order by a.acct
  loop
    continue when b.opening = 0 and b.d = 0 and b.c = 0;
    insert into gl.balance values (p_year, b.acct, b.opening, b.d, b.c, b.opening + b.d - b.c);
    v_total_d := v_total_d + b.d;
    v_total_c := v_total_c + b.c;
    if b.kind in ('A', 'L', 'E') and b.opening + b.d - b.c <> 0 then
      insert into gl.entry (year, month, acct, debit, credit, txt, source)
      values (p_year + 1, 0, b.acct, greatest(b.opening + b.d - b.c, 0), greatest(-(b.opening + b.d - b.c), 0), 'opening', 'close');
    end if;
  end loop;
  if v_total_d <> v_total_c then call gl.msg('warn', 'totals differ', v_total_d::text, v_total_c::text); end if;
  update gl.period set state = 'closed', closed_at = now() where year = p_year and state <> 'closed';
  call gl.msg('info', 'closed ' || p_year, 'result ' || v_result);
end $procedure$;
