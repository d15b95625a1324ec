create schema src;
create schema dw;
create schema etl;

create table src.people (pid int, email text, manager int, salary text, grade int);
insert into src.people values (1, 'a@x', null, '100', 1), (2, 'b@x', 1, '200.555', 2), (3, null, 1, null, null), (4, 'b@x', 2, '9', 2);
create table dw.grade (grade int primary key, label varchar(10) not null, uses int not null default 0);
insert into dw.grade values (1, 'junior', 0), (2, 'senior', 0), (9, 'unused', 0);
create table dw.person (
    pid int primary key, email text, salary numeric(8, 2), grade int references dw.grade (grade), active boolean not null default true,
    constraint person_email_key unique (email), constraint salary_range check (salary between 0 and 10000)
);
create table dw.audit (
    audit_id int generated always as identity primary key, what text not null, constraint_hit text, column_hit text, table_hit text,
    state text, message text, at timestamptz not null default now()
);
create table etl.job (job text primary key, run_no int not null, ok boolean);
insert into etl.job values ('people', 0, null);
