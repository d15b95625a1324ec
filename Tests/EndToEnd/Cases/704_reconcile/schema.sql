create schema fin;
create table fin.bank_line (line_id int primary key, purpose text, amount numeric(12,2), booked date);
create table fin.invoice (inv_id int primary key, inv_no varchar(12) unique, customer varchar(8), amount numeric(12,2), due date);
create table fin.settings (name text primary key, val numeric);
create table fin.match (line_id int primary key, inv_id int unique, how varchar(10), diff numeric(12,2));
create table fin.open_line (line_id int primary key, reason text);
insert into fin.bank_line values (1,'Payment INV-1',100,'2024-01-02'),(2,'inv-2 and more',49.98,'2024-01-03'),(3,'rent',700,'2024-01-03'),(4,null,25,'2024-01-04'),(5,'INV-1 again',100,'2024-01-05'),(6,'x',null,'2024-01-06'),(7,'??',25,'2024-01-07');
insert into fin.invoice values (1,'INV-1','K1',100,'2024-01-01'),(2,'INV-2','K1',50,'2024-01-01'),(3,'INV-3','K2',25,'2024-01-03'),(4,'INV-4','K2',25,'2024-01-02');
insert into fin.settings values ('tolerance',0.05);
