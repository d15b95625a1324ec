create schema inb;
create schema zoo;
create domain zoo.email as text check (value ~ '@');
create type zoo.addr as (street text, zip char(5));
create table inb.ev (id int, t time, tz timetz, iv interval, u uuid, ip inet, b bytea, bits varbit, r int4range, arr int[], j json, x real, m money, o oid);
insert into inb.ev values (1,'10:30','10:30+02','1 mon 2 days','a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11','10.0.0.0/8','\x0102','101','[1,5)','{1,2,NULL}','{"b":1,"a":2}',1.1,'12.34',1),(2,null,null,null,null,null,null,null,null,null,null,null,null,null),(3,'23:59:59.5','00:00-03','-1 hour',null,'::1','','','empty','{}','[]','-0',0,0);
create table zoo.ev (id int primary key, t time(0), tz timetz, iv interval hour to minute, u uuid, ip cidr, host text, b bytea, bits bit varying(5), r int4range, arr smallint[], j jsonb, x double precision, m numeric(8,1), mail zoo.email default 'a@b', addr zoo.addr, secs numeric(10,3), flags bit(4) default b'1010', n2 numeric(5,2)[], txt "char");
