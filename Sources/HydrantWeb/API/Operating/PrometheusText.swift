/// Writes the Prometheus text exposition format, version 0.0.4.
struct PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    private(set) var text = ""

    enum Kind: String {
        case counter, gauge, histogram
    }

    /// The two lines before the samples of a name.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let whole = Int64(exactly: value).map { "\($0)" }
        text += "\(name)\(Self.labels(labels)) \(whole ?? "\(value)")\n"
    }

    /// A name with one sample.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        begin(name, kind, help)
        sample(name, [], value)
    }

    mutating func histogram(_ name: String, _ labels: [(String, String)], _ durations: RequestFigures.Durations) {
        var sum: Int64 = 0
        for (index, count) in durations.buckets.enumerated() {
            sum += count
            let bounds = RequestFigures.Durations.bounds
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            sample("\(name)_bucket", labels + [("le", bound)], Double(sum))
        }
        sample("\(name)_sum", labels, durations.sumSeconds)
        sample("\(name)_count", labels, Double(sum))
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        var out = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
