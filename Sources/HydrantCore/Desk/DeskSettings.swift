/// What a company says about its packing desks.
package struct DeskSettings: Hashable, Sendable {
    /// A label printer of a warehouse.
    package struct Printer: Hashable, Sendable {
        package var warehouse: String
        /// `HOST` or `HOST:PORT`; the port is 9100 where none is given.
        package var address: String
        /// `zpl` or `tspl`.
        package var language: String
        /// 203 or 300.
        package var dotsPerInch: Int

        package init(warehouse: String, address: String, language: String = "zpl", dotsPerInch: Int = 203) {
            self.warehouse = warehouse
            self.address = address
            self.language = language
            self.dotsPerInch = dotsPerInch
        }
    }

    /// When a courier fetches parcels, in minutes after midnight.
    package struct CutOff: Hashable, Sendable {
        /// Empty for every warehouse.
        package var warehouse: String
        /// Empty for every courier.
        package var courier: String
        package var minutes: [Int]

        package init(warehouse: String, courier: String, minutes: [Int]) {
            self.warehouse = warehouse
            self.courier = courier
            self.minutes = minutes.sorted()
        }
    }

    package var printers: [Printer] = []
    package var cutOffs: [CutOff] = []
    package var rules = BagRules()
    package var weighing = WeighGate()
    /// The template of a bag's label.
    package var template = "aggregated"
    /// Where telephones reach the hub, `https://hub.example`; empty: codes hold themselves alone.
    package var address = ""
    /// How often hands slip in the rehearsal that shows what bags save.
    package var slips = HandSlips()

    package init() {}

    package func printer(of warehouse: String) -> Printer? {
        printers.first { $0.warehouse == warehouse } ?? printers.first { $0.warehouse.isEmpty }
    }

    /// When a parcel leaves that was ready at a moment: with the next fetching of its courier; at once where nobody
    /// said when that is.
    package func departure(warehouse: String, courier: String, readyAt: Instant) -> Instant {
        let fitting = cutOffs.filter {
            ($0.warehouse.isEmpty || $0.warehouse == warehouse) && ($0.courier.isEmpty || $0.courier == courier)
        }
        let best = fitting.max { $0.precision < $1.precision }
        guard let minutes = best?.minutes, !minutes.isEmpty else { return readyAt }
        let zone: Int64 = 28_800_000
        let local = readyAt.milliseconds + zone
        let midnight = local - ((local % 86_400_000) + 86_400_000) % 86_400_000
        for day in 0...1 {
            for minute in minutes {
                let at = midnight + Int64(day) * 86_400_000 + .minutes(Int64(minute))
                if at >= local { return Instant(milliseconds: at - zone) }
            }
        }
        return readyAt
    }
}

extension DeskSettings.CutOff {
    fileprivate var precision: Int { (warehouse.isEmpty ? 0 : 2) + (courier.isEmpty ? 0 : 1) }

    /// `16:30`, as people write it.
    package static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (0...23).contains(hour),
            (0...59).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }

    package static func text(_ minutes: Int) -> String {
        "\(paddedDecimal(minutes / 60, width: 2)):\(paddedDecimal(minutes % 60, width: 2))"
    }
}

extension DeskSettings {
    package var json: JSON {
        [
            "printers": .array(
                printers.map {
                    [
                        "warehouse": .string($0.warehouse), "address": .string($0.address),
                        "language": .string($0.language), "dotsPerInch": .integer(Int64($0.dotsPerInch)),
                    ]
                }),
            "cutOffs": .array(
                cutOffs.map {
                    [
                        "warehouse": .string($0.warehouse), "courier": .string($0.courier),
                        "minutes": .array($0.minutes.map { .integer(Int64($0)) }),
                    ]
                }),
            "parcels": .integer(Int64(rules.parcels)), "weightGrams": .integer(Int64(rules.weightGrams)),
            "volumeMillilitres": .integer(Int64(rules.volumeMillilitres)),
            "platforms": .object(
                rules.platforms.sorted { $0.key < $1.key }.map {
                    JSON.Member($0.key, .string($0.value.rawValue))
                }),
            "weighing": [
                "mode": .string(weighing.mode.rawValue), "grams": .integer(Int64(weighing.grams)),
                "percent": .integer(Int64(weighing.percent)),
            ],
            "template": .string(template), "address": .string(address),
            "slips": [
                "grab": .integer(Int64(slips.grab)), "skip": .integer(Int64(slips.skip)),
                "forget": .integer(Int64(slips.forget)),
            ],
        ]
    }

    /// What is missing has its default.
    package init(json: JSON) {
        printers = (json["printers"]?.array ?? []).map {
            Printer(
                warehouse: $0["warehouse"]?.string ?? "", address: $0["address"]?.string ?? "",
                language: $0["language"]?.string ?? "zpl", dotsPerInch: Int($0["dotsPerInch"]?.integer ?? 203))
        }
        cutOffs = (json["cutOffs"]?.array ?? []).map {
            CutOff(
                warehouse: $0["warehouse"]?.string ?? "", courier: $0["courier"]?.string ?? "",
                minutes: ($0["minutes"]?.array ?? []).compactMap { $0.integer.map { Int($0) } })
        }
        rules.parcels = json["parcels"]?.integer.map { Int($0) } ?? rules.parcels
        rules.weightGrams = json["weightGrams"]?.integer.map { Int($0) } ?? rules.weightGrams
        rules.volumeMillilitres = json["volumeMillilitres"]?.integer.map { Int($0) } ?? rules.volumeMillilitres
        for member in json["platforms"]?.members ?? [] {
            rules.platforms[member.name] = member.value.string.flatMap(BagRules.Merging.init(rawValue:))
        }
        let gate = json["weighing"]
        weighing.mode = gate?["mode"]?.string.flatMap(WeighGate.Mode.init(rawValue:)) ?? weighing.mode
        weighing.grams = gate?["grams"]?.integer.map { Int($0) } ?? weighing.grams
        weighing.percent = gate?["percent"]?.integer.map { Int($0) } ?? weighing.percent
        template = json["template"]?.string ?? template
        address = json["address"]?.string ?? address
        slips.grab = json["slips"]?["grab"]?.integer.map { Int($0) } ?? slips.grab
        slips.skip = json["slips"]?["skip"]?.integer.map { Int($0) } ?? slips.skip
        slips.forget = json["slips"]?["forget"]?.integer.map { Int($0) } ?? slips.forget
    }
}
