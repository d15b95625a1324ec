create schema mediation;
create schema billing;

create domain billing.money_eur as numeric(12,4) default 0 check (value > -1000000);
create type billing.call_class as enum ('LOCAL', 'NATIONAL', 'INTL', 'PREMIUM');

create table mediation.cdr (
    cdr_id      bigint primary key,
    msisdn      varchar(15) not null,
    called      varchar(20),
    started_at  timestamp without time zone not null,
    seconds     integer,
    cell        text,
    status      smallint not null default 0
);
insert into mediation.cdr values
    (1, '4912345', '4930111', '2024-03-01 07:59:30', 61, 'A', 0),
    (2, '4912345', '4930111', '2024-03-01 08:00:00', 60, 'A', 0),
    (3, '4912345', '0044123', '2024-03-01 23:30:00', 1, null, 0),
    (4, '4999999', '0900123', '2024-03-02 12:00:00', 3600, 'B', 0),
    (5, '4999999', null, '2024-03-02 12:00:00', 10, 'B', 0),
    (6, '4900000', '4930222', '2024-03-02 12:00:00', null, 'B', 0),
    (7, '4912345', '4930111', '2024-03-01 07:59:30', 61, 'A', 0),
    (8, '4912345', '0044999', '2024-03-03 10:00:00', 0, 'C', 1);

create table billing.subscriber (
    msisdn   varchar(15) primary key,
    plan     varchar(10) not null,
    active   daterange not null
);
insert into billing.subscriber values
    ('4912345', 'FLAT', '[2024-01-01,2024-03-03)'), ('4999999', 'PREPAID', '[2023-01-01,)');

create table billing.tariff (
    plan       varchar(10),
    class      billing.call_class,
    prefix     varchar(8) not null,
    per_minute numeric(8,4) not null,
    setup_fee  numeric(8,4) not null default 0,
    block_sec  smallint not null default 60,
    primary key (plan, prefix)
);
insert into billing.tariff values
    ('FLAT', 'LOCAL', '4930', 0, 0, 1), ('FLAT', 'INTL', '00', 0.5, 0.1, 60), ('FLAT', 'INTL', '0044', 0.29, 0, 30),
    ('PREPAID', 'PREMIUM', '0900', 1.99, 0.2, 60), ('PREPAID', 'NATIONAL', '49', 0.09, default, default);

create table billing.rated_call (
    cdr_id     bigint primary key,
    msisdn     varchar(15) not null,
    class      billing.call_class not null,
    day        date not null,
    minutes    numeric(10,2),
    amount     billing.money_eur,
    peak       boolean not null default false,
    rate_label varchar(12) generated always as (left(msisdn, 4) || '/' || case when peak then 'P' else 'O' end) stored
);
create table billing.reject (
    cdr_id   bigint not null,
    reason   text not null,
    run_day  date not null,
    unique (cdr_id, reason)
);
create table billing.usage_day (
    msisdn varchar(15), day date, class billing.call_class,
    calls  integer not null, minutes numeric(12,2), amount billing.money_eur,
    primary key (msisdn, day, class)
);
