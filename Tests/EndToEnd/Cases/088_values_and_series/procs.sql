create procedure etl.p_calendar(p_from date, p_to date) language plpgsql as $$
begin
    delete from dw.cal;
    insert into dw.cal (day, v, name)
    select d::date, coalesce(sum(s.v), 0), n.name
      from generate_series(p_from, p_to, interval '1 day') d
      left join src.s on s.day = d
      left join (values (1, 'Mo'), (2, null), (4, 'Do'), (5, 'Fr')) n (dow, name) on n.dow = extract(isodow from d)
     group by 1, 3;
    insert into dw.cal (slot, v) select p_from + make_interval(hours => h), h * k from generate_series(0, 12, 6) h, (values (1), (10)) x (k);
    update dw.cal c set v = t.v from (values (date '2024-02-29', 29::bigint), ('2024-03-02', null)) t (day, v) where t.day = c.day;
end $$;
