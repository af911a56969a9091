-- Counts the wrong orders of the Amazon India report straight from the raw CSV, without any of Hydrant's code. Run in
-- the folder of the file; prints kind|verdict|count.
.mode csv
.import "|zstd -dcq amazon_sale_report.csv.zst" report
.mode list
.separator |

-- One row per order: all rows of an order carry the same words (checked here: an order with two words would count
-- twice).
create table orders as
    select distinct "Order ID" as id, Status as status, "Courier Status" as courier from report;

-- "Shipped - ..." left the house; delivered is signed; nothing else is proven, and no time is known.
create table states as
    select *, status like 'Shipped%' as shipped, status = 'Shipped - Delivered to Buyer' as signed from orders;
alter table states add column state integer;
update states set state = case when signed then 6 when shipped then 5 else 0 end;

create table words (system text, word text, lowest integer, highest integer);
insert into words values
    ('amazon', 'Cancelled', 0, 7), ('amazon', 'Shipped - Delivered to Buyer', 6, 6),
    ('amazon', 'Shipped - Rejected by Buyer', 5, 6), ('amazon', 'Shipped - Returned to Seller', 5, 6),
    ('courier', 'On the Way', 5, 5), ('courier', 'Shipped', 5, 6);

select 'signedWithoutTime', 'wrong', count(*) from states where signed;
select 'cancelledButShipped', 'wrong', count(distinct a.id) from states a join states b using (id)
    where a.status = 'Cancelled' and b.shipped;
select 'systemsDisagree', 'wrong', count(distinct id) from states
    where not exists (
        select 1 from words where system = 'amazon' and word = status and state between lowest and highest)
    or not exists (
        select 1 from words where system = 'courier' and word = courier and state between lowest and highest);
select 'noLines', 'wrong', count(*) from orders where id not in (select "Order ID" from report);
-- No times of hand-over or signature to compare, no numbers of payments, refunds or revenue.
select 'signedBeforeShipped', 'wrong', 0;
select 'shippedWithoutTracking', 'wrong', 0;
select 'twoLiveWaybills', 'wrong', 0;
select 'paymentMismatch', 'wrong', 0;
select 'refundedButShipped', 'wrong', 0;
select 'revenueButRefunded', 'wrong', 0;
-- Nobody reports payments, locks, packing or warranties here, so these questions are not asked.
select 'shippedBeforePaid', 'wrong', 0;
select 'paidNotLocked', 'wrong', 0;
select 'packedNotLocked', 'wrong', 0;
select 'signedWithoutWarranty', 'wrong', 0;
select 'state', state, count(*) from states group by 2;
