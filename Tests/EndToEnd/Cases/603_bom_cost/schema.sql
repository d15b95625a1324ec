create schema mfg;
create table mfg.item (item_no varchar(10) primary key, kind char(1) not null check (kind in ('P','M','R')), std_cost numeric(12,4), lead_days int);
insert into mfg.item values ('BIKE','P',null,2),('FRAME','M',null,5),('WHEEL','M',null,1),('TUBE','R',12.5,10),('PAINT','R',0.8,null),('SPOKE','R',0.15,3),('RIM','R',9.99,4),('BELL','R',null,1),('CART','P',null,1),('LOOPA','M',null,0),('LOOPB','M',null,0);
create table mfg.bom (parent varchar(10), child varchar(10), qty numeric(10,3) not null, scrap_pct numeric(5,2), primary key (parent, child));
insert into mfg.bom values ('BIKE','FRAME',1,null),('BIKE','WHEEL',2,0),('BIKE','BELL',1,null),('FRAME','TUBE',3,5),('FRAME','PAINT',0.25,10),('WHEEL','SPOKE',32,2.5),('WHEEL','RIM',1,null),('CART','WHEEL',4,1),('CART','FRAME',0.5,null);
create table mfg.exploded (top varchar(10), item_no varchar(10), lvl int, path text, qty numeric(16,6), primary key (top, path));
create table mfg.cost_roll (item_no varchar(10), as_of date, material numeric(14,4), lead int, missing int, primary key (item_no, as_of));
create table mfg.log (n serial primary key, step text, rows int);
insert into mfg.cost_roll values ('BIKE','2024-01-01',1,1,1),('TUBE','2024-01-01',12.5,10,0);
