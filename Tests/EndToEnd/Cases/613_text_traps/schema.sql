create schema x;
create table x.s (id int primary key, t text, c char(6), v varchar(5), j jsonb, a text[]);
insert into x.s values (1,' Müller, Jo ','ab','abc','{"a":{"b":[1,"x",null]},"k":"v%"}','{a,b}'),(2,'{{ x }} {% y %} {# z #}','ab  cd','',null,'{}'),(3,E'line1\nline2\ttab','', 'ab c','[1,2]',null),(4,null,null,null,'"s"','{NULL,"q,r"}'),(5,'50% off \ back','x','x','{"a":null,"n":1.50}','{a,a,c}'),(6,'O''Brien "q"','AB','ABC','{"k":true}','{z}');
create table x.o (id int, what text, t text, v varchar(8), n int, b boolean, j jsonb, a text[], primary key (id, what));
