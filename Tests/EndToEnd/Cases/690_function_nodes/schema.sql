create schema src; create schema dw; create schema etl;
create table src.code (id int primary key, code text, a text, b text, n int);
insert into src.code values (1,'4539578763621486','abc','abd',14),(2,'123','','xyz',0),(3,null,'same','same',null),(4,'18',null,null,49),(5,'0','flaw','lawn',-3);
create table dw.rated (id int primary key, ok boolean, dist int, roman text, score numeric(6,2), parts int[]);
