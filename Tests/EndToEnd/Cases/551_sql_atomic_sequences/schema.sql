create schema src;
create schema acct;
create table src.payment (pay_ref text, customer text, cents bigint, paid_on date);
insert into src.payment values ('p1','c1',1050,'2024-01-01'),('p2','c2',null,'2024-01-02'),('p3','c1',99,'2024-01-02'),('p4',null,5,'2024-01-03');
create sequence acct.doc_seq start 500 increment 1;
create table acct.document (doc_no bigint primary key, kind char(1) not null, ref text, amount numeric(10,2), doc_date date);
create table acct.posting (posting_id serial primary key, doc_no bigint not null references acct.document, account text not null, amount numeric(10,2) not null);
create table acct.control (key text primary key, last_doc bigint, runs int not null default 0);
insert into acct.control values ('payments', null, default);
