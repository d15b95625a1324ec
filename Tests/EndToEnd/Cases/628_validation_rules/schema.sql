create schema src; create schema dw; create schema etl;
create table src.contact (id int primary key, name text, email text, phone text, country text);
insert into src.contact values (1,'Ann','ann@example.com','0041441112233','CH'),(2,'','bob_at_example.com','12','XX'),(3,null,null,null,null),(4,'Dora O''Neil','d@e.f','+49-30-123456','de'),(5,'Eve','ann@example.com','','fr');
create table src.country (code char(2) primary key, prefix text not null);
insert into src.country values ('CH','+41'),('DE','+49'),('FR','+33');
create table dw.contact (id int primary key, name varchar(20), email text, phone text, country char(2), score smallint);
create table dw.issue (id int, field text, msg text, primary key (id, field));
