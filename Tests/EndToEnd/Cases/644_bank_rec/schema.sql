create schema src; create schema dw; create schema etl;
create table src.bank (id int primary key, d date, amt numeric(10,2), txt text);
insert into src.bank values (1,'2024-01-01',100,'inv 1'),(2,'2024-01-02',100,'inv 2'),(3,'2024-01-03',-20,null),(4,'2024-01-04',50,'x'),(5,'2024-01-05',50.2,'y'),(6,null,1,'z');
create table src.book (id int primary key, d date, amt numeric(10,2), ref text);
insert into src.book values (1,'2024-01-01',100,'INV 1'),(2,'2024-01-03',100,'INV 2'),(3,'2024-01-03',-20,'fee'),(4,'2024-01-04',50,'X'),(5,'2024-01-09',50,'late');
create table dw.match (bank_id int unique, book_id int unique, pass int not null, diff numeric(10,2), primary key (bank_id, book_id));
create table dw.open_item (side text, id int, amt numeric(10,2), age int, primary key (side, id));
create table dw.pass_log (pass int, found int, at timestamptz);
