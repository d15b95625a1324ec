create schema src; create schema dw; create schema etl;
create table src.inv (inv_no text, item text, qty int, price numeric, d date);
insert into src.inv values ('I1','X',1,10,'2024-01-01'),('I1','Y',2,3,'2024-01-01'),('I2','X',5,null,'2024-01-02'),('I3',null,1,1,'2024-01-03'),(null,'X',1,1,'2024-01-03');
create table dw.item (item_id serial primary key, code text unique not null);
create table dw.invoice (invoice_id serial primary key, inv_no text unique not null, d date, total numeric(12,2));
create table dw.invoice_line (invoice_id int not null references dw.invoice, line_no int not null, item_id int references dw.item, qty int, amount numeric(12,2), primary key (invoice_id, line_no));
create table dw.batch (batch_id serial primary key, n_inv int, n_line int, at timestamptz default now());
