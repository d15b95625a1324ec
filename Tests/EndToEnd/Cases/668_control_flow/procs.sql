create procedure etl.machine(p_start bigint, p_limit int default 12) language plpgsql as $$
declare v bigint := p_start; pc int := 1; steps int := 0; r src.rule; why text := 'end'; v_run int;
begin
  select count(distinct run) + 1 into v_run from dw.final;
  if p_start is null then
    insert into dw.final values (v_run, null, 0, 'no start');
    return;
  end if;
  <<run>>
  loop
    select * into r from src.rule where no = pc;
    if not found then exit run; end if;
    steps := steps + 1;
    if steps > p_limit then why := 'limit'; exit run; end if;
    case r.op
      when 'add' then v := v + r.arg;
      when 'sub' then v := v - r.arg;
      when 'mul' then
        for i in 2..r.arg loop
          continue run when v > 1000 and i = 2;
          v := v + v / (i - 1);
          exit when v > 5000;
        end loop;
      when 'jump' then
        pc := r.arg;
        continue;
      when 'stop' then why := 'stop'; exit;
      else null;
    end case;
    insert into dw.trace values (v_run, steps, r.op, v);
    pc := pc + 1;
  end loop run;
  insert into dw.final values (v_run, v, steps, why);
end $$;
