create procedure etl.note(p_what text, p_constraint text default null, p_column text default null, p_table text default null, p_state text default null, p_message text default null)
language sql as $$
    insert into dw.audit (what, constraint_hit, column_hit, table_hit, state, message)
    values (p_what, p_constraint, p_column, p_table, p_state, p_message);
$$;

-- Loads people; on a duplicate it falls back to an upsert, on other constraint failures it audits which one it was.
create procedure etl.load_people(p_min int default 0, p_retire int default null) language plpgsql as $$
declare
    v_constraint text;
    v_column text;
    v_table text;
    v_run int;
    v_done int := 0;
begin
    update etl.job set run_no = run_no + 1, ok = null where job = 'people' returning run_no into v_run;

    <<load>>
    begin
        delete from dw.person where pid >= p_min;
        insert into dw.person (pid, email, salary, grade)
        select p.pid, p.email, p.salary::numeric, p.grade
        from src.people p
        where p.pid >= p_min;
        get diagnostics v_done = row_count;
        call etl.note('loaded ' || v_done);
    exception
        when unique_violation then
            call etl.note('falling back', p_state => sqlstate, p_message => sqlerrm);
            begin
                insert into dw.person (pid, email, salary, grade)
                select distinct on (p.email) p.pid, p.email, p.salary::numeric, p.grade
                from src.people p
                where p.pid >= p_min and p.email is not null
                order by p.email, p.pid
                on conflict (pid) do update set email = excluded.email, salary = excluded.salary, grade = excluded.grade;
                get diagnostics v_done = row_count;
                call etl.note('upserted ' || v_done);
            exception
                when integrity_constraint_violation then
                    get stacked diagnostics v_constraint = constraint_name, v_column = column_name, v_table = table_name;
                    call etl.note('upsert failed', v_constraint, v_column, v_table, sqlstate, sqlerrm);
            end;
        when foreign_key_violation or check_violation then
            get stacked diagnostics v_constraint = constraint_name, v_table = table_name;
            call etl.note('load failed', v_constraint, null, v_table, sqlstate, sqlerrm);
        when data_exception then
            call etl.note('bad data', p_message => sqlerrm);
    end load;

    begin
        if p_retire is not null then
            delete from dw.grade g where g.grade = p_retire;
            call etl.note('retired grade ' || p_retire);
        end if;
        update dw.grade g
        set uses = (select count(*) from dw.person p where p.grade = g.grade),
            label = case when g.grade = 9 and p_retire = 1 then null else g.label end;
    exception
        when not_null_violation then
            get stacked diagnostics v_column = column_name;
            call etl.note('grade update', null, v_column);
            raise notice 'null in %', v_column;
        when foreign_key_violation then
            call etl.note('grade in use', p_message => sqlerrm);
    end;
    update etl.job set ok = v_done > 0 where job = 'people' and run_no = v_run;
end $$;
