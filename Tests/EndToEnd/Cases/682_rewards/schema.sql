create schema src;
create table src.cust (id int primary key, name text, active boolean); insert into src.cust values (1,'Ann',true),(2,'Bob',true),(3,'Cy',false);
create table src.pay (id int primary key, cust_id int, amt numeric(6,2), d date);
insert into src.pay values (1,1,8,'2024-05-10'),(2,1,4,'2024-05-11'),(3,2,20,'2024-05-30'),(4,2,1,'2024-06-01'),(5,3,11,'2024-05-01'),(6,3,12,'2024-05-31');
