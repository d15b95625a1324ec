create procedure etl.note(p_v text, p_n int default 1) language plpgsql as $$
begin
    insert into dw.log values ('text', p_v, p_n);
end $$;

create procedure etl.note(p_v int, p_n int default 2) language plpgsql as $$
begin
    insert into dw.log values ('int', p_v::text, p_n);
end $$;

create procedure etl.note(p_v date) language plpgsql as $$
begin
    insert into dw.log values ('date', p_v::text, 0);
end $$;

create procedure etl.p_overloads() language plpgsql as $$
declare
    v_n int;
    v_t varchar(5) := 'vc';
begin
    select count(*) into v_n from src.s;
    call etl.note(v_n);
    call etl.note(v_n::text, v_n);
    call etl.note(v_t);
    call etl.note(date '2024-01-01' + v_n);
    call etl.note(p_n => 9, p_v => v_n * 2);
end $$;
