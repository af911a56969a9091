import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `GET /metrics`: everything that can be counted, for Prometheus.
struct MetricsRoute: Sendable {
    let hub: Hub
    let figures: RequestFigures

    @Sendable func get(_ request: Request, _ context: HubContext) async throws -> Response {
        let overview = try await recorded { try await hub.overview() }
        var text = PrometheusText()
        Self.write(overview.totals, to: &text)
        Self.write(overview, to: &text)
        Self.write(try await recorded { try await hub.channels() }, now: hub.clock.now(), to: &text)
        Self.write(try await recorded { try await CouriersPage.load(from: hub) }, to: &text)
        Self.write(try await recorded { try await hub.tasks(TaskFilter(), limit: 1) }, to: &text)
        Self.write(overview.health, overview.healthSettings, to: &text)
        Self.write(figures.current, to: &text)
        Self.write(try await recorded { try await hub.databaseHead() }, to: &text)
        Self.writeProcess(to: &text)
        return Response(bytes: Array(text.text.utf8), type: PrometheusText.contentType)
    }

    /// The number stands for the head as far as a figure holds it, so that figures kept elsewhere tell of a database
    /// that was put back.
    private static func write(_ head: (commits: Int64, text: String)?, to text: inout PrometheusText) {
        guard let head else { return }
        text.single("hydrant_head_commits", .gauge, "Transactions that the head counts.", Double(head.commits))
        text.single(
            "hydrant_head_value", .gauge, "The first 13 hexadecimal digits of the head, as a number.",
            Double(Int64(head.text.prefix(13), radix: 16) ?? 0))
    }

    private static func write(_ totals: Committer.Totals, to text: inout PrometheusText) {
        text.single("hydrant_facts_total", .counter, "Facts recorded since the start.", Double(totals.facts))
        text.single("hydrant_events_total", .counter, "Events recorded since the start.", Double(totals.events))
        text.single("hydrant_batches_total", .counter, "Transactions written since the start.", Double(totals.batches))
        text.single(
            "hydrant_duplicates_total", .counter, "Repeated messages since the start.", Double(totals.duplicates))
    }

    private static func write(_ overview: Overview, to text: inout PrometheusText) {
        text.single(
            "hydrant_queue_length", .gauge, "Submissions that wait for the next transaction.",
            Double(overview.queueLength))
        text.single("hydrant_parked_messages", .gauge, "Messages kept for a person.", Double(overview.counts.parked))
        text.single("hydrant_stored_events", .gauge, "Events in the database.", Double(overview.counts.events))
        text.begin("hydrant_instructions", .gauge, "Instructions by status.")
        for status in InstructionStatus.allCases {
            text.sample(
                "hydrant_instructions", [("status", status.rawValue)], Double(overview.instructions[status] ?? 0))
        }
        text.begin("hydrant_orders", .gauge, "Orders by state, without the cancelled ones.")
        for (number, count) in overview.countsByState.enumerated() {
            let labels = [("state", "\(number)"), ("name", stateNames[number].identifier)]
            text.sample("hydrant_orders", labels, Double(count))
        }
        text.begin("hydrant_findings", .gauge, "Wrong, late and unknown orders by kind.")
        for kind in MismatchKind.allCases {
            for verdict in Verdict.allCases {
                let count = overview.findings.first { $0.kind == kind && $0.verdict == verdict }?.count ?? 0
                let labels = [("kind", kind.rawValue), ("verdict", verdict.rawValue)]
                text.sample("hydrant_findings", labels, Double(count))
            }
        }
    }

    private static func write(_ health: HealthFigures, _ settings: HealthSettings, to text: inout PrometheusText) {
        text.begin("hydrant_health_index", .gauge, "The order health index, 0 to 100; absent without orders.")
        if let index = health.index(settings) { text.sample("hydrant_health_index", [], index) }
        text.single("hydrant_health_population", .gauge, "Orders that the index is about.", Double(health.population))
        text.single("hydrant_health_unknown", .gauge, "Orders with an unverified system.", Double(health.unknown))
        text.begin("hydrant_health_share", .gauge, "Each dimension of the index, 0 to 1; absent without orders.")
        for dimension in HealthDimension.allCases {
            guard let value = health.value(of: dimension) else { continue }
            text.sample("hydrant_health_share", [("dimension", dimension.rawValue)], value)
        }
        text.begin("hydrant_health_past_alert_line", .gauge, "1 where a dimension is past its alert line.")
        for dimension in HealthDimension.allCases {
            let isPast = health.isPastAlertLine(dimension, settings)
            text.sample("hydrant_health_past_alert_line", [("dimension", dimension.rawValue)], isPast ? 1 : 0)
        }
    }

    private static func write(_ figures: RequestFigures.Figures, to text: inout PrometheusText) {
        text.begin("hydrant_http_requests_total", .counter, "HTTP requests answered.")
        for (key, count) in figures.requests.sorted(by: { $0.key < $1.key }) {
            let labels = [("route", key.route), ("method", key.method), ("status", "\(key.status)")]
            text.sample("hydrant_http_requests_total", labels, Double(count))
        }
        let name = "hydrant_http_request_duration_seconds"
        text.begin(name, .histogram, "Time until the head of the answer.")
        for (route, durations) in figures.durations.sorted(by: { $0.key < $1.key }) {
            text.histogram(name, [("route", route)], durations)
        }
    }

    private static func writeProcess(to text: inout PrometheusText) {
        if let bytes = ProcessFigures.residentBytes {
            text.single("process_resident_memory_bytes", .gauge, "Resident memory.", Double(bytes))
        }
        if let bytes = ProcessFigures.allocatedBytes {
            let help = "Memory that the program holds of what is resident."
            text.single("hydrant_allocated_bytes", .gauge, help, Double(bytes))
        }
        if let count = ProcessFigures.openFiles {
            text.single("process_open_fds", .gauge, "Open file descriptors.", Double(count))
        }
    }
}
