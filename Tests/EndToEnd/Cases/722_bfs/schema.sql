create schema net;
create table net.edge(src int not null, dst int not null, w numeric not null);
create table net.hops(start_node int, node int, hops int, via int, primary key(start_node,node));
create table net.stats(start_node int primary key, reached int, furthest int, rounds int);
insert into net.edge values (1,2,1),(1,3,4),(2,3,1),(3,4,1),(4,1,1),(4,5,2),(8,9,1);
