create schema src;
create schema dw;
create schema etl;

-- Deliveries of the web shop, several a customer.
create table src.signups (row_id int primary key, customer_no int, email text, source text);
insert into src.signups values
    (1, 2, 'b@x.org', 'web'), (2, 3, 'b@x.org', 'web'), (3, 3, 'c@x.org', 'shop'), (4, 4, null, 'web'),
    (5, 4, null, 'shop'), (6, 5, 'a@x.org', 'web'), (7, 6, 'd@x.org', 'web'), (8, 6, 'e@x.org', 'web'),
    (9, 7, 'e@x.org', 'shop');
create table dw.customers (customer_no int primary key, email text unique, source text default 'unknown');
insert into dw.customers values (1, 'a@x.org', 'old'), (2, 'z@x.org', 'old');
create table dw.mails (email text primary key, customer_no int);
insert into dw.mails values ('z@x.org', 2);
create table dw.loads (step text, n bigint);
