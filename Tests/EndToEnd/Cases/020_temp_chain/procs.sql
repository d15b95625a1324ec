create procedure etl.p_chain(p_cut numeric default 20) language plpgsql as $$
begin
    drop table if exists w;
    create temp table w as select id, grp, val, null::text as mark from src.x;
    update w set mark = 'big' where val > p_cut;
    update w set val = val - 1 where mark = 'big';
    delete from w where val is null and grp is null;
    insert into w select id + 100, grp, val, 'copy' from w where mark = 'big';
    update w set grp = 'a' where grp is null;
    update w set val = s.avg_val from (select grp, avg(val) as avg_val from w group by grp) s where s.grp = w.grp and w.val is null;
    delete from w using (select grp, max(id) as top from w group by grp) m where m.grp = w.grp and w.id = m.top;
    update w set mark = coalesce(mark, '') || '#' || id % 3 where id % 2 = 1;
    insert into w select max(id) + 1, 'sum', sum(val), mark from w where mark is not null group by mark having count(*) > 1;
    update w set val = round(val) where grp = 'sum';
    truncate dw.x;
    insert into dw.x select * from w;
end $$;
