create schema iot; create schema agg;
create table iot.readings (sensor int, at timestamptz, val double precision, meta jsonb);
create table agg.hourly (sensor int not null, hour timestamptz not null, n int not null, avg_val numeric(10,3), mn numeric(10,3), mx numeric(10,3), tags text[], gap boolean not null default false, primary key (sensor, hour));
create table agg.state (k text primary key, v timestamptz);
insert into iot.readings values (1,'2024-01-01 00:10+00',1.5,'{"tag":"a"}'),(1,'2024-01-01 00:50+00',2.5,'{"tag":"b","x":1}'),(1,'2024-01-01 03:00+00',null,null),(2,'2024-01-01 01:00+00',-7.12345,'{"tag":"a"}'),(2,'2024-01-01 01:00+00',-7.12345,'{"tag":"a"}'),(null,'2024-01-01 01:00+00',1,null),(3,null,1,'{}');
