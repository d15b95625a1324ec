create procedure etl.p_foreach(p_regs text[] default array['s', 'w']) language plpgsql as $$
declare
    v_reg text;
begin
    foreach v_reg in array array['n', 'e', 's'] loop
        delete from dw.s where reg = v_reg;
        insert into dw.s select v_reg, sum(v), 'literal' from src.s where reg = v_reg;
    end loop;
    foreach v_reg in array p_regs loop
        insert into dw.s select reg, count(*), 'param' from src.s where reg is not distinct from v_reg group by reg;
    end loop;
end $$;
