create procedure etl."Load It"("P_Min" int default 0) language plpgsql as $$
declare
    "V Total" numeric;
begin
    Delete From DW."Mixed Case";
    insert into dw."Mixed Case" ("ID", "group", "Total %")
    select o."ID", o."select", o."Unit Price" * o."a""b" as "Sum" from Src."Order" O where O.ID > "P_Min";
    select sum("Total %") into "V Total" from dw."Mixed Case";
    update dw."Mixed Case" as "T" set "Größe" = "T"."ID" + "V Total", "group" = upper("group") where "T"."group" is not null;
end $$;

create procedure etl.p_quoted(p_min int default 0) language plpgsql as $$
begin
    call etl."Load It"("P_Min" => p_min);
end $$;
