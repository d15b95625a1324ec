create schema src;
create schema dw;
create schema etl;

create table src.click (user_id int, at timestamp, page text);
insert into src.click values
    (1, '2024-05-01 10:00', 'a'), (1, '2024-05-01 10:10', 'b'), (1, '2024-05-01 10:40:01', null), (1, '2024-05-01 10:40:01', 'c'),
    (2, '2024-05-01 10:41', 'a'), (2, null, 'x'), (null, '2024-05-01 09:00', 'p'), (null, '2024-05-01 12:00', 'q'), (3, '2024-05-02 00:00', 'long-page-name-number-one');
create table dw.session (session_no bigint, user_id int, started timestamp, ended timestamp, hits int, pages varchar(20));
create table dw.run (what text, n bigint);
