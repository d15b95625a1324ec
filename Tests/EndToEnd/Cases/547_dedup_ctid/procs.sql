create or replace procedure core.append_and_dedup()
language plpgsql as $$
declare
  removed int;
begin
  insert into core.sensor_msg select * from lake.sensor_msg;

  -- exact copies, the textbook way; NULL in seq keeps them apart here
  delete from core.sensor_msg a using core.sensor_msg b
   where a.ctid < b.ctid and a.device = b.device and a.seq = b.seq and a.payload = b.payload and a.received = b.received;
  get diagnostics removed = row_count;
  insert into core.dedup_log (step, removed) values ('self join', removed);

  -- and with NULLs
  delete from core.sensor_msg
   where ctid not in (select min(ctid) from core.sensor_msg group by device, seq, payload, received);
  get diagnostics removed = row_count;
  insert into core.dedup_log (step, removed) values ('group by', removed);

  delete from core.sensor_msg
   where ctid = any (array(select ctid from (select ctid, row_number() over (partition by device, seq, payload order by received) as rn from core.sensor_msg) x where x.rn > 1));
end $$;
