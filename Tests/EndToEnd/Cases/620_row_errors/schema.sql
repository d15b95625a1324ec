create schema src; create schema dw; create schema etl;
create table src.order_in (seq int primary key, order_no text, cust text, amount text, ordered text);
insert into src.order_in values (1,'O1','C1','10.00','2024-01-01'),(2,'O2','C2','abc','2024-01-02'),(3,null,'C3','5','2024-01-03'),
 (4,'O1','C1','11','2024-01-04'),(5,'O5','C9','-3','2024-01-05'),(6,'O6','C1','7','2024-13-01');
create table dw.orders (order_no varchar(10) primary key, cust varchar(5) not null, amount numeric(8,2) not null check (amount >= 0), ordered date, loaded_at timestamp default now());
create table dw.load_error (err_id serial primary key, seq int, sqlstate_code text, message text, logged_at timestamptz default now());
create table dw.run_log (run_id int generated always as identity primary key, proc text not null, started timestamptz, finished timestamptz, ok_rows int, bad_rows int, status text);
