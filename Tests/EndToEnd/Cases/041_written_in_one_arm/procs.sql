create procedure etl.p_arm(p_hot boolean default null) language plpgsql as $$
begin
    if p_hot then
        truncate dw.hot;
        insert into dw.hot select * from src.s;
        insert into dw.cold values (1, 'hot');
    else
        insert into dw.cold select h.id, h.v from dw.hot h;
    end if;
    delete from dw.cold where v is null;
end $$;
