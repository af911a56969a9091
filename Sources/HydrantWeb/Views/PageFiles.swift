package import HydrantCore
import HydrantEngine
import Mustache

/// Everything under `Pages/`, read once: templates, texts and assets.
package struct PageFiles: Sendable {
    package struct Asset: Sendable {
        package var bytes: [UInt8]
        package var contentType: String
        /// The address with the hash of the content, which can be kept for ever.
        package var address: String
    }

    package private(set) var words: [Language: Words]
    /// By file name.
    package let assets: [String: Asset]
    private let pages: MustacheLibrary

    /// The files as they are in this program: parsing them takes longer than anything else at a start.
    package static let shared = Result { try PageFiles() }

    package init() throws {
        words = try Words.tables(PackageResources.words_json)
        assets = [
            "hydrant.css": Self.asset("hydrant.css", PackageResources.hydrant_css, "text/css; charset=utf-8"),
            "hydrant.js": Self.asset(
                "hydrant.js", PackageResources.press_js + PackageResources.hydrant_js,
                "text/javascript; charset=utf-8"),
            "packing.css": Self.asset("packing.css", PackageResources.packing_css, "text/css; charset=utf-8"),
            "packing.js": Self.asset(
                "packing.js", PackageResources.press_js + PackageResources.packing_js,
                "text/javascript; charset=utf-8"),
            "stage.js": Self.asset(
                "stage.js", PackageResources.mapping_js + PackageResources.stage_js,
                "text/javascript; charset=utf-8"),
            "trial.js": Self.asset("trial.js", PackageResources.trial_js, "text/javascript; charset=utf-8"),
            "templates.js": Self.asset(
                "templates.js", PackageResources.templates_js, "text/javascript; charset=utf-8"),
            "logo.svg": Self.asset("logo.svg", PackageResources.logo_svg, "image/svg+xml"),
        ]
        MustacheContentTypes.register(EscapedByScalar(), named: EscapedByScalar.name)
        var pages = MustacheLibrary()
        for (name, bytes) in Self.templates {
            do {
                pages.register(try Self.template(bytes), named: name)
            } catch {
                throw PageProblem(file: name + ".html", reason: "\(error)")
            }
        }
        self.pages = pages
    }

    /// Has couriers called what the settings document calls them.
    mutating func name(_ couriers: [String: CourierNumbers]) {
        for language in words.keys { words[language]?.couriers = couriers }
    }

    /// Renders a template of this folder.
    func render(_ bindings: Bindings, _ name: String) -> String {
        guard let text = pages.render(bindings, withTemplate: name) else {
            preconditionFailure("no template is called \(name)")
        }
        return text
    }

    func words(_ language: Language) -> Words {
        guard let words = words[language] else { preconditionFailure("no texts in \(language)") }
        return words
    }

    static let templates: [(String, [UInt8])] = [
        ("layout", PackageResources.layout_html), ("icons", PackageResources.icons_html),
        ("time", PackageResources.time_html), ("rail", PackageResources.rail_html),
        ("mini", PackageResources.mini_html), ("badge", PackageResources.badge_html),
        ("overview", PackageResources.overview_html), ("order", PackageResources.order_html),
        ("deeds", PackageResources.deeds_html), ("desk", PackageResources.desk_html),
        ("orders", PackageResources.orders_html), ("wrongorders", PackageResources.wrongorders_html),
        ("health", PackageResources.health_html), ("channels", PackageResources.channels_html),
        ("lane", PackageResources.lane_html), ("couriers", PackageResources.couriers_html),
        ("parcels", PackageResources.parcels_html), ("message", PackageResources.message_html),
        ("keeper", PackageResources.keeper_html), ("signin", PackageResources.signin_html),
        ("tokens", PackageResources.tokens_html),
        ("users", PackageResources.users_html), ("person", PackageResources.person_html),
        ("account", PackageResources.account_html), ("audit", PackageResources.audit_html),
        ("receiver", PackageResources.receiver_html), ("notice", PackageResources.notice_html),
        ("stock", PackageResources.stock_html),
        ("trial", PackageResources.trial_html),
        ("interceptors", PackageResources.interceptors_html), ("interceptor", PackageResources.interceptor_html),
        ("ruletest", PackageResources.ruletest_html), ("ruletree", PackageResources.ruletree_html),
        ("rulequestion", PackageResources.rulequestion_html), ("ruleother", PackageResources.ruleother_html),
        ("rulemove", PackageResources.rulemove_html),
        ("ruleversions", PackageResources.ruleversions_html), ("playbook", PackageResources.playbook_html),
        ("search", PackageResources.search_html), ("hits", PackageResources.hits_html),
        ("settings", PackageResources.settings_html), ("words", PackageResources.words_html),
        ("parked", PackageResources.parked_html),
        ("tasks", PackageResources.tasks_html), ("taskbox", PackageResources.taskbox_html),
        ("packing", PackageResources.packing_html), ("deskempty", PackageResources.deskempty_html),
        ("deskchoose", PackageResources.deskchoose_html), ("deskpack", PackageResources.deskpack_html),
        ("deskpapers", PackageResources.deskpapers_html), ("papers", PackageResources.papers_html),
        ("deskbag", PackageResources.deskbag_html), ("bagpage", PackageResources.bagpage_html),
        ("templates", PackageResources.templates_html), ("template", PackageResources.template_html),
        ("waves", PackageResources.waves_html), ("wave", PackageResources.wave_html),
        ("bags", PackageResources.bags_html), ("desksettings", PackageResources.desksettings_html),
    ]

    /// The templates as they were written, by name.
    package static var templateTexts: [(name: String, text: String)] {
        templates.map { ($0.0, String(decoding: $0.1, as: UTF8.self)) }
    }

    /// Every file names the escaping, because a partial does not take it over; the last line end would become a blank
    /// inside a sentence.
    private static func template(_ bytes: [UInt8]) throws -> MustacheTemplate {
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last == "\n" { text.removeLast() }
        return try MustacheTemplate(string: "{{% CONTENT_TYPE:\(EscapedByScalar.name)}}" + text)
    }

    private static func asset(_ name: String, _ bytes: [UInt8], _ contentType: String) -> Asset {
        let version = String(fnv1a(bytes), radix: 36)
        return Asset(bytes: bytes, contentType: contentType, address: "/assets/\(name)?v=\(version)")
    }
}

/// Escapes for HTML, scalar by scalar: a quotation mark with a combining accent behind it is one Character and would
/// pass an escaping by Characters unharmed.
struct EscapedByScalar: MustacheContentType {
    static let name = "HYDRANT"

    func escapeText(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": out.append(contentsOf: "&quot;".unicodeScalars)
            case "'": out.append(contentsOf: "&#39;".unicodeScalars)
            case "\u{0}": out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
