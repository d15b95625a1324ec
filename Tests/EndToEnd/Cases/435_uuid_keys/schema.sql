create schema src;
create schema dw;
create schema etl;
create table src.visit (id int primary key, who text, page text, at timestamp);
insert into src.visit values (1, 'ann', '/a', '2024-01-01 10:00'), (2, 'bob', '/a', '2024-01-01 10:05'), (3, 'ann', '/b', '2024-01-01 10:10'), (4, null, '/b', '2024-01-01 10:20'), (5, 'ann', '/a', null), (6, 'cid', null, '2024-01-02');
create table dw.person (person_id uuid primary key default gen_random_uuid(), who text unique, visits int default 0, last_page text);
create table dw.visit (visit_id uuid default gen_random_uuid(), person_id uuid, page text, at timestamp);
