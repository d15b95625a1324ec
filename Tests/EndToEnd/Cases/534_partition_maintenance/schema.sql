create schema iot_raw;
create schema iot;
create table iot_raw.reading (device_id int, metric varchar(12), ts timestamp not null, val double precision, quality char(1));
insert into iot_raw.reading values
 (1,'temp','2024-01-31 23:59:00',20.5,'G'),(1,'temp','2024-02-01 00:00:00',21.5,'G'),(1,'temp','2024-02-01 00:04:59',null,'G'),
 (1,'hum','2024-02-01 00:05:00',55,'B'),(2,'temp','2024-02-01 12:00:00',-5,'G'),(2,'temp','2024-02-01 12:00:00',-6,'G'),
 (2,'temp','2024-02-01 12:03:00','NaN','G'),(3,'temp','2024-03-10 00:00:00',1,'G'),(null,'temp','2024-02-02 00:00:00',1,'G');
create table iot.device (device_id int primary key, site text not null, retired date);
insert into iot.device values (1,'north',null),(2,'south','2024-02-02'),(3,'north',null);
create table iot.rollup (
    device_id int not null, metric varchar(12) not null, bucket timestamp not null,
    n int not null, avg_val double precision, min_val real, max_val real, p95 double precision,
    primary key (device_id, metric, bucket)
) partition by range (bucket);
create table iot.rollup_2024_01 partition of iot.rollup for values from ('2024-01-01') to ('2024-02-01');
create table iot.rollup_2024_02 partition of iot.rollup for values from ('2024-02-01') to ('2024-03-01');
insert into iot.rollup values (1,'temp','2024-01-01 00:00',5,1.5,1,2,1.9);
create unlogged table iot.site_day (site text, day date, metric text, devices int, avg_val numeric(8,3), primary key (site, day, metric));
