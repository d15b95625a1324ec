create schema crm1;
create schema mdm;
create table crm1.person (src text, src_id int, nm text, mail text, tel text, upd timestamp, trust smallint);
insert into crm1.person values ('web',1,'ann b','Ann@X.io','+1 555','2024-01-01',2),('erp',7,'Ann Bee','ann@x.io',null,'2023-01-01',1),('pos',3,null,'ANN@X.IO ','555','2024-02-01',3),('web',2,'Bob',null,'777','2024-01-01',2),('erp',9,'Robert',null,'777','2024-01-01',1),('web',4,'Eve','eve@x.io',null,null,2);
create table mdm.xref (src text, src_id int, golden_id int not null, match_rule varchar(6), primary key (src, src_id));
create table mdm.golden (golden_id int primary key, nm varchar(30), mail varchar(60), tel text, sources text[], completeness numeric(4,2), changed boolean not null default true);
