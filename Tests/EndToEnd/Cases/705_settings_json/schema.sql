create schema px;
create table px.config (id int primary key, doc jsonb not null, active boolean);
create table px.product (id int primary key, grp char(1), cost numeric(10,3), tags text[], attrs jsonb);
create table px.price (product_id int, version int, channel text, price numeric(10,2), reasons text, primary key (product_id, version, channel));
create table px.price_change (product_id int, channel text, old_price numeric(10,2), new_price numeric(10,2), pct numeric(6,2));
insert into px.config values (1,'{"factor":{"A":1.2,"B":1.35},"channels":["web","shop"],"tag":{"eco":0.05,"bulk":-0.1},"round":0.05,"min":1}',true),(2,'{}',false);
insert into px.product values (1,'A',10,array['eco','new'],'{"web_only":true}'),(2,'B',0.2,'{}','{}'),(3,'C',7.77,array['bulk','eco'],'{"web_only":"false"}'),(4,'A',null,null,null);
