create schema src;
create schema dw;
create schema etl;

create table dw.event (id bigint primary key, happened date, payload text);
insert into dw.event select g * 2, case when g % 5 = 0 then null else date '2024-01-01' + g / 2 end, case when g % 3 = 0 then null else 'p' || g end from generate_series(1, 20) g;
create table dw.event_archive (id bigint, happened date, payload text, batch_no int);
create table dw.batch_log (step text, batch_no int, rows_done int);
