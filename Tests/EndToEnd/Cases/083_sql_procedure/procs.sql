create procedure etl.p_sql(p_tag text, p_min int default 2) language sql as $$
    delete from dw.s where tag = $1;
    insert into dw.s select id, v, p_tag from src.s where id >= p_min;
    update dw.s set v = v * $2 where tag = p_tag and v is not null;
$$;
