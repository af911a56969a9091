-- Counts the wrong orders of the Tmall report straight from the raw CSV, without any of Hydrant's code. Run in the
-- folder of the file; prints kind|verdict|count.
.mode csv
.import "|zstd -dcq tmall_order_report.csv.zst" report
.mode list
.separator |

create table orders as
    select "订单编号" as id, cast(round("总金额" * 100) as integer) as due,
        cast(round("买家实际支付金额" * 100) as integer) as kept, cast(round("退款金额" * 100) as integer) as refunded,
        "订单付款时间" as paid_at
    from report;

-- What was paid at first is what was kept and what went back. Judged only where there is a payment.
select 'paymentMismatch', 'wrong', count(*) from orders where paid_at <> '' and abs(kept + refunded - due) > 5;
-- Every row stands for its goods, and the report knows of no shipment, no signature and no revenue.
select 'noLines', 'wrong', count(*) from orders where due is null;
select 'refundedButShipped', 'wrong', 0;
select 'revenueButRefunded', 'wrong', 0;
select 'cancelledButShipped', 'wrong', 0;
select 'shippedBeforePaid', 'wrong', 0;
select 'shippedWithoutTracking', 'wrong', 0;
select 'twoLiveWaybills', 'wrong', 0;
select 'signedBeforeShipped', 'wrong', 0;
select 'signedWithoutTime', 'wrong', 0;
select 'systemsDisagree', 'wrong', 0;
-- Nobody reports locks, packing or warranties here, so these questions are not asked.
select 'paidNotLocked', 'wrong', 0;
select 'packedNotLocked', 'wrong', 0;
select 'signedWithoutWarranty', 'wrong', 0;
-- Not a kind of wrong order: how many orders are in which state, to be compared too.
select 'state', case when paid_at <> '' and kept + refunded >= due then 1 else 0 end, count(*) from orders group by 2;
