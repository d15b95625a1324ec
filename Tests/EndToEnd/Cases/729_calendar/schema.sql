create schema cal;
create table cal.holiday(day date primary key, name text);
create table cal.dim_date(date_key int primary key, day date not null unique, dow smallint, iso_week int, is_weekend boolean, is_holiday boolean, holiday_name varchar(30), biz_no int, fiscal_period char(6), label text);
insert into cal.holiday values ('2024-04-02','spring day');
