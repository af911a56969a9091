import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

extension MetricsRoute {
    static func write(_ channels: [ChannelView], now: Instant, to text: inout PrometheusText) {
        let lanes = channels.flatMap(\.lanes)
        func labels(_ lane: LaneView) -> [(String, String)] {
            [("system", lane.lane.system), ("kind", lane.lane.kind.rawValue)]
        }
        text.begin("hydrant_channel_connected", .gauge, "1 where somebody has connected the system.")
        for channel in channels {
            text.sample("hydrant_channel_connected", [("system", channel.system)], channel.isConnected ? 1 : 0)
        }
        text.begin("hydrant_channel_calls_total", .counter, "Calls since the start.")
        for lane in lanes { text.sample("hydrant_channel_calls_total", labels(lane), Double(lane.totalCalls)) }
        text.begin("hydrant_channel_failures_total", .counter, "Calls that failed since the start.")
        for lane in lanes { text.sample("hydrant_channel_failures_total", labels(lane), Double(lane.totalFailures)) }
        text.begin("hydrant_channel_gate", .gauge, "1 for the state that the breaker is in.")
        for lane in lanes {
            for state in CallGateState.allCases {
                let value: Double = lane.gate == state ? 1 : 0
                text.sample("hydrant_channel_gate", labels(lane) + [("state", state.rawValue)], value)
            }
        }
        text.begin("hydrant_channel_duration_milliseconds", .gauge, "Of the last five minutes; absent without calls.")
        for lane in lanes {
            for (name, value) in [("0.5", lane.median), ("0.99", lane.slowest)] {
                guard let value else { continue }
                let labels = labels(lane) + [("quantile", name)]
                text.sample("hydrant_channel_duration_milliseconds", labels, Double(value))
            }
        }
        text.begin("hydrant_channel_under_way", .gauge, "Calls that are under way.")
        for lane in lanes { text.sample("hydrant_channel_under_way", labels(lane), Double(lane.underWay)) }
        text.begin("hydrant_channel_time_limit_milliseconds", .gauge, "How long the next call may take.")
        for lane in lanes {
            text.sample("hydrant_channel_time_limit_milliseconds", labels(lane), Double(lane.timeLimit))
        }
        text.begin("hydrant_channel_retries_left", .gauge, "Calls that may be repetitions at once.")
        for channel in channels {
            text.sample("hydrant_channel_retries_left", [("system", channel.system)], Double(channel.retries.count))
        }
        text.begin("hydrant_channel_waiting", .gauge, "Instructions that wait or have an unknown end.")
        for lane in lanes { text.sample("hydrant_channel_waiting", labels(lane), Double(lane.waiting)) }
        text.begin("hydrant_channel_oldest_seconds", .gauge, "Age of the oldest of them.")
        for lane in lanes {
            guard let oldest = lane.oldestIssuedAt else { continue }
            text.sample("hydrant_channel_oldest_seconds", labels(lane), Double(max(0, now - oldest)) / 1_000)
        }
        text.begin("hydrant_waybill_numbers_left", .gauge, "Waybill numbers that a channel still has.")
        for channel in channels {
            guard case .left(let count)? = channel.numbers?.balance else { continue }
            text.sample("hydrant_waybill_numbers_left", [("system", channel.system)], Double(count))
        }
        text.begin("hydrant_waybill_numbers_few", .gauge, "1 where more waybill numbers have to be bought.")
        for channel in channels {
            guard let numbers = channel.numbers else { continue }
            text.sample("hydrant_waybill_numbers_few", [("system", channel.system)], numbers.areFew ? 1 : 0)
        }
        text.begin("hydrant_channel_used_today", .gauge, "Calls of this day, where a quota limits them.")
        for channel in channels {
            guard let used = channel.usedToday else { continue }
            text.sample("hydrant_channel_used_today", [("system", channel.system)], Double(used))
        }
    }

    static func write(_ page: TaskPage, to text: inout PrometheusText) {
        func labels(_ count: TaskCount) -> [(String, String)] {
            [("kind", count.kind.rawValue), ("severity", count.severity.rawValue), ("owner", count.owner)]
        }
        text.begin("hydrant_tasks", .gauge, "Tasks that wait for a person.")
        for count in page.counts { text.sample("hydrant_tasks", labels(count), Double(count.count)) }
        text.begin("hydrant_tasks_overdue", .gauge, "Of these, those that are past their time.")
        for count in page.counts { text.sample("hydrant_tasks_overdue", labels(count), Double(count.overdue)) }
        text.begin("hydrant_tasks_oldest_seconds", .gauge, "Age of the oldest of them.")
        for count in page.counts {
            let age = Double(max(0, page.asOf - count.oldestOpenedAt)) / 1_000
            text.sample("hydrant_tasks_oldest_seconds", labels(count), age)
        }
    }

    static func write(_ page: CouriersPage, to text: inout PrometheusText) {
        func labels(_ count: ParcelCount) -> [(String, String)] {
            [("set", count.set.rawValue), ("courier", count.courier), ("channel", count.channel)]
        }
        text.begin("hydrant_parcels", .gauge, "Packed parcels by the set they stand in.")
        for count in page.counts { text.sample("hydrant_parcels", labels(count), Double(count.count)) }
        text.begin("hydrant_parcels_oldest_seconds", .gauge, "How long the oldest has stood there.")
        for count in page.counts where count.set != .numberReadBack {
            let age = Double(max(0, page.asOf - count.oldestSince)) / 1_000
            text.sample("hydrant_parcels_oldest_seconds", labels(count), age)
        }
    }
}
