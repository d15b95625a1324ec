create schema feed;
create schema sales;
create schema audit;
create table feed.price (sku text, list_price numeric(10,2), valid_from date, remove boolean default false);
insert into feed.price values ('A', 10, '2024-01-01', false), ('B', 20.555, '2024-01-01', false), ('C', null, '2024-01-01', false), ('D', 1, '2024-01-01', true), ('A', 11, '2023-12-01', false);
create sequence sales.price_seq;
create table sales.price (price_id bigint primary key, sku varchar(10) not null unique, list_price numeric(8,2), changed int not null default 0, changed_by text, changed_at timestamptz);
insert into sales.price values (nextval('sales.price_seq'), 'B', 19, 0, 'init', '2023-01-01'), (nextval('sales.price_seq'), 'D', 1, 0, 'init', '2023-01-01'), (nextval('sales.price_seq'), 'E', 5, 0, null, null);
create table audit.price_log (log_id bigserial primary key, op char(1) not null, sku varchar(10), old_price numeric(8,2), new_price numeric(8,2), old_row jsonb, tab text, logged_at timestamptz not null default now());

create function sales.price_bi() returns trigger language plpgsql as $$
begin
  if new.price_id is null then
    new.price_id := nextval('sales.price_seq');
  end if;
  new.sku := upper(new.sku);
  if new.list_price < 0 then
    raise exception 'price of % is negative', new.sku;
  end if;
  new.changed_by := coalesce(new.changed_by, tg_argv[0]);
  new.changed_at := current_timestamp;
  return new;
end $$;
create trigger price_bi before insert on sales.price for each row execute function sales.price_bi('loader');

create function sales.price_bu() returns trigger language plpgsql as $$
begin
  -- nothing has changed: leave the row alone
  if new.list_price is not distinct from old.list_price then
    return null;
  end if;
  new.changed := old.changed + 1;
  new.changed_at := now();
  return new;
end $$;
create trigger price_bu before update of list_price on sales.price for each row execute function sales.price_bu();

create function audit.log_price() returns trigger language plpgsql as $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO audit.price_log (op, sku, new_price, tab) VALUES ('I', NEW.sku, NEW.list_price, TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME);
    RETURN NEW;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO audit.price_log (op, sku, old_price, new_price, tab) VALUES ('U', NEW.sku, OLD.list_price, NEW.list_price, TG_RELNAME);
    RETURN NEW;
  ELSE
    INSERT INTO audit.price_log (op, sku, old_price, old_row) VALUES ('D', OLD.sku, OLD.list_price, to_jsonb(OLD) - 'changed_at' - 'price_id');
    RETURN OLD;
  END IF;
END $$;
create trigger price_audit after insert or update or delete on sales.price for each row execute function audit.log_price();
