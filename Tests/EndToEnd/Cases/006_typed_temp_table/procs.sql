create procedure etl.p_weights() language plpgsql as $$
begin
    create temp table t (id int not null, kg numeric(6,1), code char(4), note varchar(3) default 'def');
    insert into t (id, kg, code) select id, kg, code from src.w;
    update t set kg = kg / 3 where id > 2;
    update t set note = 'x'  where code = 'de';
    insert into dw.weights select code || note, sum(kg), count(*), max(length(code)) from t group by code || note;
    drop table t;
end $$;
