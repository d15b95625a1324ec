create schema cdc;
create schema ods;
create table cdc.product_log (
  lsn bigint not null, seq smallint not null default 0, op char(1) not null,
  "productId" integer, "Name" varchar(40), "unitPrice" numeric(9,3), discontinued boolean, committed timestamptz
);
insert into cdc.product_log values
 (100,0,'I',1,'Chai',18,false,'2024-01-01 10:00+00'),(100,1,'I',2,'Chang',19.125,false,'2024-01-01 10:00+00'),
 (101,0,'U',1,'Chai Tea',18.5,null,'2024-01-01 11:00+00'),(102,0,'I',3,'Syrup',10,false,'2024-01-01 12:00+00'),(102,1,'D',3,null,null,null,'2024-01-01 12:00+00'),
 (103,0,'U',9,'Ghost',1,true,'2024-01-01 13:00+00'),(104,0,'X',2,'bad op',1,false,'2024-01-01 13:00+00'),(105,0,'D',77,null,null,null,null);
create table ods.product ("productId" integer primary key, "Name" varchar(30) not null, "unitPrice" numeric(8,2) check ("unitPrice" >= 0), discontinued boolean not null default false, "lastLsn" bigint, "isDeleted" boolean not null default false, "validTo" timestamptz);
insert into ods.product values (2,'Chang old',1,false,50,false,null),(4,'Kept',4.44,true,60,false,null);
create table ods.cdc_position (stream text primary key, last_lsn bigint not null, applied int not null default 0, skipped int not null default 0, at timestamptz);
insert into ods.cdc_position values ('product', 0, default, default, null);
