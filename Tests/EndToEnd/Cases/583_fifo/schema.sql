create schema wms; create schema fin;
create table wms.receipts (receipt_id int primary key, sku text not null, received_on date not null, qty numeric(10,2) not null, unit_cost numeric(10,4));
create table wms.issues (issue_id int primary key, sku text not null, issued_on date not null, qty numeric(10,2));
create table fin.layers (receipt_id int primary key, sku text, remaining numeric(10,2) not null);
create table fin.cogs (issue_id int not null, receipt_id int not null, qty numeric(10,2) not null, cost numeric(14,4), primary key (issue_id, receipt_id));
create table fin.shortages (issue_id int primary key, missing numeric(10,2));
insert into wms.receipts values (1,'A','2024-01-01',10,1.5),(2,'A','2024-01-02',5,1.75),(3,'B','2024-01-01',1,null),(4,'A','2024-01-02',3,2);
insert into wms.issues values (1,'A','2024-01-03',12),(2,'A','2024-01-03',4.5),(3,'B','2024-01-04',2),(4,'C','2024-01-04',1),(5,'A','2024-01-05',null),(6,'A','2024-01-05',0);
