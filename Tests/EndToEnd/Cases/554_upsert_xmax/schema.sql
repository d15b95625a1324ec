create schema api;
create schema dwh;
create table api.device (serial text, model text, fw text, seen timestamptz);
insert into api.device values ('s1','m1','1.0','2024-01-01 00:00+00'),('s2','m1',null,'2024-01-02 00:00+00'),('s3','m2','2.1','2024-01-03 00:00+00'),('s1','m1','1.1','2024-02-01 00:00+00');
create table dwh.device (device_id int generated always as identity primary key, serial text not null unique, model text, fw text default '0', first_seen timestamptz, last_seen timestamptz);
insert into dwh.device (serial, model, fw, first_seen, last_seen) values ('s2','m0','0.9','2023-01-01 00:00+00','2023-06-01 00:00+00'),('s9','m9','9','2023-01-01 00:00+00',null);
create table dwh.load_stat (job text, inserted int, updated int, total int, loaded timestamptz default now());
