create schema gl; create schema ctl;
create table gl.journal (line_id bigint primary key, period char(7) not null, account varchar(10) not null, cc varchar(6), dr numeric(14,2) not null default 0, cr numeric(14,2) not null default 0, posted char(1) not null default 'N', posted_in char(7));
create table gl.balances (period char(7), account varchar(10), cc varchar(6) not null default '-', opening numeric(16,2), movement numeric(16,2), closing numeric(16,2), primary key (period, account, cc));
create table gl.alloc_rules (from_cc varchar(6), to_cc varchar(6), pct numeric(5,2), primary key (from_cc, to_cc));
create table gl.allocations (period char(7), account varchar(10), from_cc varchar(6), to_cc varchar(6), amount numeric(14,2), primary key (period, account, from_cc, to_cc));
create table ctl.periods (period char(7) primary key, state text not null default 'open', closed_at timestamptz);
insert into ctl.periods values ('2024-01','open',null),('2024-02','open',null);
insert into gl.alloc_rules values ('HQ','A',33.33),('HQ','B',33.33),('HQ','C',33.34),('IT','A',50);
insert into gl.journal (line_id, period, account, cc, dr, cr) values (1,'2024-01','4000','HQ',100.01,0),(2,'2024-01','4000','IT',0,10.05),(3,'2024-01','1000',null,0,100.01),(4,'2024-01','1000',null,10.05,0),(5,'2024-02','4000','HQ',7,0),(6,'2024-02','1000','X',0,7);
