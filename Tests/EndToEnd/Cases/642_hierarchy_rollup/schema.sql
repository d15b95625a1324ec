create schema src; create schema dw; create schema etl;
create table src.node (id int primary key, parent int, name text, val numeric);
insert into src.node values (1,null,'A',1),(2,1,'B',2),(3,1,'C',3),(4,2,'D',4),(5,2,'E',null),(6,4,'F',6),(7,99,'orphan',7),(8,3,'H',8);
create table dw.dim_node (id int primary key, level int, l1 text, l2 text, l3 text, path text, is_leaf boolean, subtotal numeric);
create table dw.node_bridge (ancestor int, descendant int, depth int, primary key (ancestor, descendant));
