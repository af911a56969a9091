package import HydrantCore

/// What every page has around its content: language, place, and the link to the other language.
package struct PageFrame: Sendable {
    package enum Place: String, CaseIterable, Sendable {
        case overview
        case orders
        case wrongOrders
        case tasks
        case health
        case channels
        case search
        case interceptors
        case bags
        case desk
        case users
        case audit
        case account
        case elsewhere
    }

    package var language: Language
    package var place: Place
    /// The address without the language, for the language link.
    package var path: String
    package var query: [(String, String)]

    package init(language: Language, place: Place, path: String, query: [(String, String)] = []) {
        self.language = language
        self.place = place
        self.path = path
        self.query = query
    }

    /// A whole document around some content that is already HTML.
    func document(_ content: String, title: String, files: PageFiles) -> String {
        let words = files.words(language)
        let other: Language = language == .chinese ? .english : .chinese
        let items: [(Place, String, String, String)] = [
            (.overview, "/", "overview", words("nav_overview")), (.orders, "/orders", "orders", words("nav_orders")),
            (.wrongOrders, "/wrong-orders", "wrongorders", words("nav_wrong")),
            (.tasks, "/tasks", "tasks", words("nav_tasks")),
            (.health, "/health", "health", words("nav_health")),
            (.channels, "/channels", "channels", words("nav_channels")),
            (.interceptors, "/interceptors", "hold", words("nav_interceptors")),
            (.desk, "/packing", "box", words("nav_packing")), (.bags, "/bags", "bag", words("nav_bags")),
            (.users, "/settings", "settings", words("nav_settings")), (.audit, "/audit", "audit", words("nav_audit")),
        ]
        let bindings: Bindings = [
            "language": language == .chinese ? "zh-CN" : "en", "title": title, "w": words.bindings,
            "content": content,
            "assets": [
                "style": files.assets["hydrant.css"]?.address ?? "",
                "script": files.assets["hydrant.js"]?.address ?? "",
                "logo": files.assets["logo.svg"]?.address ?? "",
            ],
            "nav": items.filter { Viewer.current.mayOpen("GET", $0.1) }.map { item -> Bindings in
                ["href": item.1, "icon": item.2, "label": item.3, "here": item.0 == place]
            },
            "account": shown(Viewer.current.user),
            "otherLanguage": [
                "tag": other == .chinese ? "zh-CN" : "en", "label": other == .chinese ? "中文" : "English",
                "href": address(path, query.map { ($0.0, $0.1) } + [("lang", other.rawValue)]),
            ],
        ]
        return files.render(bindings, "layout")
    }
}
