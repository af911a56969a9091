-- Counts the wrong orders of the Olist files straight from the raw CSV, without any of Hydrant's code, with the meaning
-- of each kind written out in SQL. Run in the folder of the files; prints kind|verdict|count:
--   cd shared/data/olist && sqlite3 :memory: < olist.sql
.mode csv
.import "|zstd -dcq olist_orders_dataset.csv.zst" orders
.import "|zstd -dcq olist_order_items_dataset.csv.zst" items
.import "|zstd -dcq olist_order_payments_dataset.csv.zst" payments
.mode list
.separator |

create table item_sums as
    select order_id, sum(cast(round(price * 100) as integer) + cast(round(freight_value * 100) as integer)) as cents
    from items group by order_id;
create table payment_sums as
    select order_id, sum(cast(round(payment_value * 100) as integer)) as cents from payments group by order_id;

-- How far each order came. Olist reports payment, hand-over and delivery; what lies between is taken from the next
-- proof, but nothing stands in for a missing approval or a missing hand-over.
create table states as
    select order_id, order_status,
        order_approved_at as approved, order_delivered_carrier_date as handed,
        order_delivered_customer_date as delivered,
        order_delivered_customer_date <> '' or order_status = 'delivered' as signed
    from orders;
alter table states add column state integer;
update states set state = case
    when approved = '' then 0
    when handed <> '' and signed then 6
    when handed <> '' then 5
    when signed then 4
    else 1 end;

-- The lowest and the highest state that fits each word.
create table words (word text, lowest integer, highest integer);
insert into words values
    ('created', 0, 0), ('approved', 1, 4), ('processing', 1, 4), ('invoiced', 1, 4), ('unavailable', 0, 4),
    ('shipped', 5, 5), ('delivered', 6, 6), ('canceled', 0, 7);

select 'noLines', 'wrong', count(*) from orders where order_id not in (select order_id from items);
select 'paymentMismatch', 'wrong', count(*) from item_sums join payment_sums using (order_id)
    where abs(item_sums.cents - payment_sums.cents) > 5;
select 'cancelledButShipped', 'wrong', count(*) from states where order_status = 'canceled' and handed <> '';
select 'signedBeforeShipped', 'wrong', count(*) from states
    where handed <> '' and delivered <> '' and delivered < handed;
select 'shippedBeforePaid', 'wrong', count(*) from states where handed <> '' and (approved = '' or handed < approved);
select 'signedWithoutTime', 'wrong', count(*) from states where signed and delivered = '';
select 'systemsDisagree', 'wrong', count(*) from states join words on word = order_status
    where state not between lowest and highest;
select 'systemsDisagree', 'unknown', count(*) from states where order_status not in (select word from words);
-- The carrier's number comes with the hand-over, one parcel and at most one number an order, no refunds, no revenue.
select 'shippedWithoutTracking', 'wrong', 0;
select 'twoLiveWaybills', 'wrong', count(*) from (select order_id from orders group by order_id having count(*) > 1);
select 'refundedButShipped', 'wrong', 0;
select 'revenueButRefunded', 'wrong', 0;
-- Nobody reports locks, packing or warranties here, so these questions are not asked.
select 'paidNotLocked', 'wrong', 0;
select 'packedNotLocked', 'wrong', 0;
select 'signedWithoutWarranty', 'wrong', 0;
-- Not a kind of wrong order: how many orders are in which state, to be compared too.
select 'state', state, count(*) from states group by 2;
