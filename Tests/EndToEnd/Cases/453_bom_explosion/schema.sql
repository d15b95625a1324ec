create schema src;
create schema dw;
create schema etl;

create table src.bom (assembly text, component text, qty_per numeric(10,3), scrap numeric(5,3), valid boolean);
insert into src.bom values
    ('bike', 'wheel', 2, 0.01, true), ('bike', 'frame', 1, null, true), ('wheel', 'spoke', 32, 0.05, true),
    ('wheel', 'rim', 1, null, true), ('frame', 'tube', 3.5, 0.1, true), ('rim', 'alloy', 0.75, null, true),
    ('frame', 'alloy', 1.25, null, true), ('tube', 'steel', 2, null, false), ('tube', 'steel', 1, null, true);
create table dw.requirement (product text, component text, qty numeric, deepest int);
create table dw.explosion_log (product text, levels int, lines bigint);
