create schema ref; create schema src; create schema dw; create schema etl;
create table ref.label(no int primary key, name varchar(10));
create table src.item(id int, grp text);
create table dw.labelled(id int primary key, label text, rest text);
insert into ref.label values (1,'first'),(2,'second'),(5,null);
insert into src.item values (1,'a'),(2,'a'),(3,'b'),(4,null),(7,'a');
insert into dw.labelled values (4,'old',null),(9,'gone',null);
