create schema src;
create schema dw;
create schema etl;

create table dw.cal (n int, day date, label text);
