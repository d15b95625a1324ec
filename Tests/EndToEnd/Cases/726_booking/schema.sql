create schema bk;
create table bk.request(req_id int primary key, room_id int not null, from_ts timestamp not null, to_ts timestamp not null, prio int);
create table bk.booking(req_id int primary key, room_id int not null, from_ts timestamp, to_ts timestamp);
create table bk.waitlist(req_id int primary key, blocked_by int, noted text);
insert into bk.request values (1,1,'2024-05-01 09:00','2024-05-01 10:00',1),(2,1,'2024-05-01 09:30','2024-05-01 11:00',2),(3,1,'2024-05-01 10:00','2024-05-01 12:00',2),(4,2,'2024-05-01 09:00','2024-05-01 10:00',null);
