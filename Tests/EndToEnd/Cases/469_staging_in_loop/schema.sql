create schema src;
create schema dw;
create schema etl;

create table src.sale (region text, item text, amount numeric(10,2));
insert into src.sale values
    ('n', 'a', 5), ('n', 'b', 7.5), ('n', 'a', 2.5), ('s', 'a', null), ('s', 'b', -1), (null, 'c', 3), (null, 'c', null), ('w', 'q', 1);
create table dw.share (region text, item text, amount numeric, share numeric, primary key (region, item));
insert into dw.share values ('n', 'old', 1, 0.5), ('z', 'old', 1, 1);
create table dw.best (region text primary key, item text, times int);
create table dw.note (region text, what text);
