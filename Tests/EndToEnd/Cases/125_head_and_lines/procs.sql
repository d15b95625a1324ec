create procedure etl.p_doc(p_doc text) language plpgsql as $$
declare
    v_id    int;
    v_lines int;
begin
    insert into dw.head (doc) values (p_doc) returning id into v_id;
    insert into dw.line select v_id, pos, amount from src.line where doc = p_doc;
    get diagnostics v_lines = row_count;
    update dw.head set total = (select sum(amount) from dw.line where head_id = v_id), lines = v_lines where id = v_id;
end $$;
