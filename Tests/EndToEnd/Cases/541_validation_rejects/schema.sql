create schema inbox;
create schema clean;
create table inbox.invoice_csv (line_no int, inv_no text, inv_date text, due_days text, net text, vat_pct text, iban text, email text);
insert into inbox.invoice_csv values
 (1,'R-001','2024-01-31','30','1.234,50','19','DE89 3704 0044 0532 0130 00','a@b.de'),
 (2,'R-002','31.02.2024','14','100,00','7',null,'broken@'),
 (3,'R-003','2024-02-29','','99,999','19','XX','c@d.org'),
 (4,' R-003 ','2024-02-29',null,'1,00','19',null,null),
 (5,null,'2024-01-01','x','abc','19','AT611904300234573201','e@f.at'),
 (6,'R-006','','0','0,00',null,null,'G@H.COM'),
 (7,'R-007','2024-13-01','10','-5,10','120',null,null);
create table clean.invoice (inv_no varchar(12) primary key, inv_date date not null, due date, net numeric(10,2) not null, vat numeric(10,2), gross numeric(11,2) generated always as (net + coalesce(vat, 0)) stored, iban char(22), email text, check (due >= inv_date));
create table clean.reject (line_no int, field name, value text, rule text, primary key (line_no, field, rule));
create table clean.quality (rule text primary key, failed bigint not null, last_failed int, history int[] not null default array[]::int[]);
