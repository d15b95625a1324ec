-- Loads payments from text; whatever goes wrong is logged by its kind and the load is taken back.
create procedure etl.p_load_payments(p_note text default 'loaded') language plpgsql as $$
declare
    v_rows int := 0;
    v_state text;
    v_text text;
begin
    insert into dw.load_log values ('start', null, null, 0);
    begin
        delete from dw.payments;
        insert into dw.payments (id, acct, amount, per_unit, paid_on, note)
        select p.id, p.acct, p.amount::numeric, cast(p.amount as numeric) / p.units, p.paid_on::date, p_note
        from src.payments p
        where p.id > 0;
        get diagnostics v_rows = row_count;
        insert into dw.load_log values ('loaded', null, null, v_rows);
    exception
        when division_by_zero then
            insert into dw.load_log values ('division', sqlstate, sqlerrm, v_rows);
        when unique_violation or foreign_key_violation then
            insert into dw.load_log values ('key', sqlstate, sqlerrm, v_rows);
        when not_null_violation then
            insert into dw.load_log values ('null', sqlstate, sqlerrm, v_rows);
        when invalid_text_representation or sqlstate '22007' or datetime_field_overflow then
            get stacked diagnostics v_state = returned_sqlstate, v_text = message_text;
            insert into dw.load_log values ('text', v_state, v_text, v_rows);
        when others then
            insert into dw.load_log values ('other', sqlstate, sqlerrm, v_rows);
    end;
    insert into dw.load_log select 'end', null, null, count(*) from dw.payments;
end $$;
