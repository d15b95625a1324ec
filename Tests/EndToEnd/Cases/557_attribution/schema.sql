create schema web;
create schema mkt;
create table web.touch (visitor text, ts timestamp, channel text, cost numeric(8,2));
insert into web.touch values ('v1','2024-01-01 10:00','ads',1.5),('v1','2024-01-01 10:20','mail',0),('v1','2024-01-01 11:00','direct',null),('v2','2024-01-02','ads',2),('v2','2024-01-02','seo',0),(null,'2024-01-01','ads',9),('v3','2024-01-05','ads',1);
create table web.conversion (conv_id int primary key, visitor text, ts timestamp, revenue numeric(10,2));
insert into web.conversion values (1,'v1','2024-01-01 12:00',100),(2,'v2','2024-01-03',50),(3,'v4','2024-01-03',10),(4,'v1','2024-01-02',33.33);
create table mkt.session (visitor text, session_no int, started timestamp, touches int, channels text[], primary key (visitor, session_no));
create table mkt.attribution (conv_id int, channel text, model varchar(10), credit numeric(6,4), revenue numeric(10,2), primary key (conv_id, channel, model));
create table mkt.channel_roi (channel text primary key, revenue numeric(12,2), cost numeric(12,2), roi numeric(8,3), rank int);
