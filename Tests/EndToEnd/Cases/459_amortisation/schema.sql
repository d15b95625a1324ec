create schema src;
create schema dw;
create schema etl;

create table src.loan (loan_id int primary key, principal numeric(12,2), yearly_rate numeric(6,3), months int, first_due date, status text);
insert into src.loan values
    (1, 1000, 6, 6, '2024-01-31', 'open'), (2, 500, null, 3, '2024-02-15', 'open'), (3, 700, 4.5, 0, '2024-01-01', 'open'),
    (4, 900, 3, 12, '2024-01-01', 'closed'), (5, 250.55, 12.125, 4, null, 'open'), (6, 100, 1, null, '2024-01-01', 'open'), (7, null, 2, 3, '2024-01-01', 'open');
create table dw.schedule (run_date date, loan_id int, installment int, due date, interest numeric(14,2), principal numeric(14,2), balance numeric(14,2));
create table dw.rejected (run_date date, loan_id int, reason text);
create table dw.loan_state (loan_id int primary key, last_run date, installments int);
