create schema stg;
create schema dwh;
create table stg.employee (emp_no integer, emp_name text, dept varchar(10), salary numeric(9,2), city text, file_date date not null);
insert into stg.employee values (1,'Ann','IT',1000,'Bern','2024-01-01'),(2,'Bob','HR',2000.555,null,'2024-01-01'),(3,'Cid',null,null,'Basel','2024-01-01'),(3,'Cid',null,null,'Basel','2024-01-01'),(null,'Nobody','IT',1,'Bern','2024-01-01'),
 (1,'Ann','OPS',1000,'Bern','2024-02-01'),(2,'Bob','HR',2000.56,'Chur','2024-02-01'),(4,'Dan','IT',1,'Bern','2024-02-01'),
 (1,'Anna','OPS',1100,'Bern','2024-03-01'),(4,'Dan','IT',1,'Bern','2024-03-01'),(3,'Cid','HR',5,'Basel','2024-03-01');
create sequence dwh.seq_dim_employee start with 100;
create table dwh.dim_employee (
  employee_sk integer default nextval('dwh.seq_dim_employee') primary key,
  emp_no integer not null, emp_name varchar(40), dept_hist varchar(10), dept_current varchar(10), dept_previous varchar(10), salary numeric(8,1), city varchar(20) default 'n/a',
  valid_from date not null, valid_to date not null default '9999-12-31', is_current boolean not null default true, row_hash text,
  constraint uq_emp unique (emp_no, valid_from), constraint ck_range check (valid_from <= valid_to)
);
create index ix_emp_cur on dwh.dim_employee (emp_no) where is_current;
create view dwh.v_employee_current as select employee_sk, emp_no, emp_name, dept_current, row_hash, valid_from from dwh.dim_employee where is_current;
create table dwh.etl_log (id serial primary key, step text, cnt bigint, at timestamp not null default now());
