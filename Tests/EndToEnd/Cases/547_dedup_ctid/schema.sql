create schema lake;
create schema core;
create table lake.sensor_msg (device text, seq int, payload text, received timestamp);
insert into lake.sensor_msg values ('d1',1,'a','2024-01-01'),('d1',1,'a','2024-01-01'),('d1',2,'b','2024-01-01'),('d2',null,'x','2024-01-02'),('d2',null,'x','2024-01-02'),('d3',1,null,null);
create table core.sensor_msg (device text, seq int, payload text, received timestamp);
insert into core.sensor_msg values ('d1',1,'a','2024-01-01'),('d0',0,'z','2020-01-01'),('d0',0,'z','2020-01-01');
create table core.dedup_log (run int generated always as identity, step text, removed int);
