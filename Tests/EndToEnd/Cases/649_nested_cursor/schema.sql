create schema src; create schema dw; create schema etl;
create table src.cart (cart_id int primary key, usr text, last_seen date, state text);
insert into src.cart values (1,'u1','2024-01-01','open'),(2,'u2','2024-01-09','open'),(3,'u3','2024-01-20','open'),(4,null,'2024-01-02','closed');
create table src.cart_line (cart_id int, line int, sku text, qty int, price numeric(8,2), primary key (cart_id, line));
insert into src.cart_line values (1,1,'a',1,2.5),(1,2,'b',0,9),(1,3,null,3,1),(2,1,'a',2,2.5),(4,1,'c',1,1);
create table dw.abandoned (cart_id int primary key, usr text, skus text, total numeric(10,2), n_bad int, seen date);
create table dw.stats (run date, carts int, amount numeric(12,2));
