create schema tpc;
create table tpc.date_dim (d_date_sk int primary key, d_date date unique);
create table tpc.item (i_item_sk int primary key, i_item_id char(4), i_rec_start date, i_rec_end date, i_price numeric(7,2));
create table tpc.customer (c_customer_sk int primary key, c_customer_id varchar(16));
create table tpc.s_purchase (purc_id int, purc_date date, cust_id varchar(16));
create table tpc.s_purchase_line (purc_id int, line int, item_id varchar(16), qty int, price numeric(7,2), coupon numeric(7,2));
create table tpc.delete_ranges (d1 date, d2 date);
create table tpc.store_sales (ss_sold_date_sk int, ss_item_sk int not null, ss_customer_sk int, ss_ticket_number bigint not null, ss_quantity int, ss_list_price numeric(7,2), ss_sales_price numeric(7,2), ss_coupon_amt numeric(7,2), ss_net_paid numeric(7,2), primary key (ss_item_sk, ss_ticket_number));
create table tpc.store_returns (sr_returned_date_sk int, sr_item_sk int, sr_ticket_number bigint, sr_qty int, primary key (sr_item_sk, sr_ticket_number));
create table tpc.maintenance_log (seq int, func varchar(20), touched int);
create view tpc.ssv as
 select d.d_date_sk ss_sold_date_sk, i.i_item_sk ss_item_sk, c.c_customer_sk ss_customer_sk, p.purc_id ss_ticket_number, l.qty ss_quantity, i.i_price ss_list_price,
        l.price ss_sales_price, coalesce(l.coupon, 0.0) ss_coupon_amt, (l.qty * l.price) - coalesce(l.coupon, 0.0) ss_net_paid
   from tpc.s_purchase p left outer join tpc.customer c on (p.cust_id = c.c_customer_id)
        left outer join tpc.date_dim d on (p.purc_date = d.d_date)
        join tpc.s_purchase_line l on (p.purc_id = l.purc_id)
        join tpc.item i on (l.item_id = i.i_item_id) and i.i_rec_end is null;
insert into tpc.date_dim select g, date '2000-01-01' + g - 1 from generate_series(1, 12) g;
insert into tpc.item values (1,'I1','1999-01-01','1999-12-31',3),(2,'I1','2000-01-01',null,4),(3,'I2','1999-01-01',null,5.5),(4,'I3','1999-01-01',null,null);
insert into tpc.customer values (1,'C1'),(2,'C2');
insert into tpc.s_purchase values (1,'2000-01-03','C1'),(2,'2000-01-05','CX'),(3,'2000-02-01','C2');
insert into tpc.s_purchase_line values (1,1,'I1',2,3.75,0.5),(1,2,'I2',1,5.5,null),(2,1,'I1',3,4,null),(2,2,'I9',3,4,null),(3,1,'I3',null,1,1);
insert into tpc.delete_ranges values ('2000-01-02','2000-01-04'),('2000-01-06','2000-01-06'),('2000-01-09','2000-01-08');
insert into tpc.store_sales values (2,1,1,90,1,3,3,0,3),(4,3,2,91,2,5,5,0,10),(6,2,null,92,1,4,4,1,3),(null,2,1,93,1,1,1,0,1),(8,2,1,94,1,4,4,0,4);
insert into tpc.store_returns values (5,3,91,1),(9,2,94,1),(12,2,93,1),(3,1,99,1);
