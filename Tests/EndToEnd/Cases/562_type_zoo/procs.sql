create or replace procedure zoo.load(p_iv interval default '02:15', p_arr int[] default '{7,8}', p_at time default '12:00', p_u uuid default null)
language plpgsql as $$
declare
  v_addr zoo.addr;
  v_rng  int4range := int4range(3, 9);
  v_bits bit varying(5) := b'11';
begin
  delete from zoo.ev where id > 0;
  insert into zoo.ev (id, t, tz, iv, u, ip, host, b, bits, r, arr, j, x, m, secs, n2, txt)
  select e.id, e.t, e.tz, e.iv + p_iv, coalesce(e.u, p_u), network(e.ip), host(e.ip), e.b || '\xff'::bytea, e.bits || v_bits,
         e.r * v_rng, e.arr || p_arr, e.j::jsonb || '{"z":null}', e.x, e.m::numeric, extract(epoch from e.iv), array[1.005, e.id], left(e.t::text, 1)
    from inb.ev e where coalesce(jsonb_typeof(e.j::jsonb), 'object') = 'object';
  insert into zoo.ev (id, t, addr, arr) values (90, p_at, row('Main', '12345')::zoo.addr, array_remove(p_arr, 7)), (91, '00:00', null, null);
  update zoo.ev set addr = ('x', left(id::text, 5))::zoo.addr, mail = 'q@' || id, arr = array_append(arr, 3::smallint), flags = flags | b'0101' where id = 1 or id = 91;
  update zoo.ev z set secs = extract(epoch from z.t) / 7, n2 = (select array_agg(v * 1.111 order by v) from unnest(z.n2) v) where z.t is not null;
end $$;
