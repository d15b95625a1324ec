create procedure etl.p_defexpr(p_from date default current_date - 7, p_to date default (now() at time zone 'UTC')::date + interval '2 days', p_tag text default null::text, p_ids int[] default array[1, 2, 3], p_scale numeric default 10.0 / 4) language plpgsql as $$
begin
    delete from dw.ev;
    insert into dw.ev select id, p_to - day, coalesce(p_tag, 'no tag') || p_scale::numeric(4,2) from src.ev where day between p_from and p_to and id = any (p_ids);
    update dw.ev set ago = null where tag not like 'no%';
end $$;
