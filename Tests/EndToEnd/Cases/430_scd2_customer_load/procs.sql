-- Loads customer changes into the history, oldest first; a change that is older than the current row is a late arrival
-- and only noted.
create or replace procedure etl.load_dim_customer(p_from date default null, p_max integer default 1000)
language plpgsql
as $$
declare
    c_proc      constant text := 'load_dim_customer';
    r           record;
    v_cur       dw.dim_customer%rowtype;
    v_key       dw.dim_customer.customer_key%type;
    v_new       integer := 0;
    v_changed   integer := 0;
    v_same      integer := 0;
    v_late      integer := 0;
    v_rejected  integer := 0;
    v_version   smallint;
begin
    insert into etl.load_log (proc, step, n) values (c_proc, 'start', p_max);

    for r in
        select *
          from src.customer_changes
         where (p_from is null or valid_from >= p_from or valid_from is null)
         order by change_id
         limit p_max
    loop
        if r.customer_no is null or r.valid_from is null then
            v_rejected := v_rejected + 1;
            insert into etl.load_error values (c_proc, r.change_id, 'no key or no date');
            continue;
        end if;

        select *
          into v_cur
          from dw.dim_customer d
         where d.customer_no = r.customer_no
           and d.is_current;

        if not found then
            insert into dw.dim_customer (customer_no, name, city, segment, credit, valid_from)
            values (r.customer_no, r.name, r.city, r.segment, r.credit, r.valid_from)
            returning customer_key into v_key;
            v_new := v_new + 1;
            insert into dw.customer_event values (r.change_id, v_key, 'new', null);
        elsif r.valid_from < v_cur.valid_from then
            v_late := v_late + 1;
            insert into dw.customer_event values (r.change_id, v_cur.customer_key, 'late', v_cur.city);
        elsif v_cur.name is not distinct from r.name
              and v_cur.city is not distinct from r.city
              and v_cur.segment is not distinct from r.segment
              and v_cur.credit is not distinct from round(r.credit, 2) then
            v_same := v_same + 1;
        else
            update dw.dim_customer
               set is_current = false,
                   valid_to   = r.valid_from - 1
             where customer_key = v_cur.customer_key
            returning version into v_version;
            insert into dw.dim_customer (customer_no, name, city, segment, credit, version, valid_from)
            values (r.customer_no, r.name, r.city, r.segment, r.credit, v_version + 1, r.valid_from)
            returning customer_key into v_key;
            v_changed := v_changed + 1;
            insert into dw.customer_event values (r.change_id, v_key, 'changed', v_cur.city);
        end if;
    end loop;

    insert into etl.load_log (proc, step, n)
    values (c_proc, 'new', v_new), (c_proc, 'changed', v_changed), (c_proc, 'same', v_same),
           (c_proc, 'late', v_late), (c_proc, 'rejected', v_rejected);
exception
    when others then
        insert into etl.load_log (proc, step) values (c_proc, 'failed: ' || sqlerrm);
        raise;
end;
$$;
