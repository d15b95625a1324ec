create schema src;
create schema dw;
create schema etl;

create table src.acc (acc text primary key, opening numeric(10,2));
insert into src.acc values ('a', 10), ('b', null), ('c', 3);
create table src.booking (id int primary key, acc text, day date, amount numeric(10,2), kind text);
insert into src.booking values
    (1, 'a', '2024-01-02', 5, 'credit'), (2, 'a', '2024-01-02', 20, 'debit'), (3, 'a', '2024-01-04', null, 'debit'),
    (4, 'b', '2024-01-03', 1, 'credit'), (5, 'b', '2024-01-03', 1, 'halt'), (6, 'b', '2024-01-03', 99, 'credit'),
    (7, 'a', '2024-01-05', 7, null), (8, 'z', '2024-01-02', 7, null);
