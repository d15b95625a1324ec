create schema src; create schema dw;
create table src.p (id int primary key, name text, price numeric(8,2), tags text[], kind char(1));
create table dw.p (id int primary key, name text, price numeric(8,2), tags text[], kind char(1), changed int not null default 0, seen int not null default 1);
create table dw.p_log (id int, old text, new text);
create table dw.cmp (id int, a bool, b bool, c bool, d bool, e bool);
insert into src.p values (1,'a',1.50,'{x,y}','k'),(2,'b',null,null,'k'),(3,null,3,'{}',null),(4,'d',4,'{z}','l'),(5,null,null,null,null);
insert into dw.p (id,name,price,tags,kind) values (1,'a',1.5,'{x,y}','k'),(2,'B',null,null,'k'),(3,null,3,null,null),(5,null,null,null,null),(7,'gone',7,null,'x');
