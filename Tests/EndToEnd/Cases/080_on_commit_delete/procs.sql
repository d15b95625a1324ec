create procedure etl.p_commit() language plpgsql as $$
begin
    create temp table if not exists t_work (id int) on commit delete rows;
    insert into t_work select id from src.s;
    insert into dw.s select id, 'before' from t_work;
    commit;
    insert into dw.s select id, 'after' from t_work;
    insert into t_work values (99);
    insert into dw.s select id, 'new' from t_work;
end $$;
