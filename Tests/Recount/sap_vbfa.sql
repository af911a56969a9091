-- Counts the wrong orders of the SAP document flow straight from the raw CSV, without any of Hydrant's code. Run in the
-- folder of the file; prints kind|verdict|count.
.mode csv
.import "|zstd -dcq VBFA.csv.zst" vbfa
.mode list
.separator |

-- Rows with a negative invoice amount cannot be taken in; they are parked whole.
create table flow as
    select VBELV as id, VBTYP_N as kind, trim(BWART) as movement, RFWRT + 0 as amount, ERDAT || ERZET as at
    from vbfa where VBTYP_V = 'C' and not (VBTYP_N in ('M', 'N') and RFWRT + 0 < 0);
create table orders as
    select id,
        min(case when kind = 'J' then at end) as locked,
        max(case when kind = 'R' and movement not in ('602', '622', '632') then at end) as shipped,
        sum(case when kind = 'M' then amount else 0 end) as revenue,
        sum(case when kind = 'N' then amount else 0 end) as refunded,
        min(case when kind = 'N' and amount > 0 then at end) as refunded_at
    from flow group by id;

select 'packedNotLocked', 'wrong', count(*) from orders where shipped is not null and locked is null;
-- The payment is inferred from the lock or the goods movement, so "paid" without a lock is a shipment without one.
select 'paidNotLocked', 'wrong', count(*) from orders where shipped is not null and locked is null;
-- What was paid is in another table: that a cancelled invoice and revenue contradict each other cannot be told.
select 'revenueButRefunded', 'unknown', count(*) from orders where revenue > 0 and refunded > 0;
select 'refundedButShipped', 'unknown', count(*) from orders where shipped > refunded_at;
select 'noLines', 'wrong', count(*) from orders where id not in (select id from flow);
-- No cancellations, no signatures, no words, no waybills, no payments.
select 'cancelledButShipped', 'wrong', 0;
select 'signedBeforeShipped', 'wrong', 0;
select 'signedWithoutTime', 'wrong', 0;
select 'systemsDisagree', 'wrong', 0;
select 'twoLiveWaybills', 'wrong', 0;
select 'paymentMismatch', 'wrong', 0;
-- Nobody reports payments, tracking numbers or warranties here, so these questions are not asked.
select 'shippedBeforePaid', 'wrong', 0;
select 'shippedWithoutTracking', 'wrong', 0;
select 'signedWithoutWarranty', 'wrong', 0;
select 'state', case when shipped is not null and locked is not null then 4 when locked is not null then 3 else 0 end,
    count(*) from orders group by 2;
