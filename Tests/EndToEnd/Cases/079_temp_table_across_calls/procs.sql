create procedure etl.p_fill(p_add int) language plpgsql as $$
begin
    insert into work_rows (id, v) select id, v + p_add from src.s;
end $$;

create procedure etl.p_fix(p_tag text) language plpgsql as $$
begin
    update work_rows set tag = coalesce(tag, '') || p_tag where v is not null;
    delete from work_rows where v > 100;
end $$;

create procedure etl.p_share(p_add int default 0) language plpgsql as $$
begin
    create temporary table work_rows (id int, v int, tag text) on commit drop;
    call etl.p_fill(p_add);
    call etl.p_fix('a');
    call etl.p_fill(p_add + 80);
    call etl.p_fix('b');
    insert into dw.s select * from work_rows;
end $$;
