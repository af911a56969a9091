import Hummingbird
import HydrantCore

/// The page of the hub that somebody wanted to see before signing in: whoever scans a label's code is led there.
enum WayBack {
    private static let lengthMaximum = 512

    /// The address of a page that a browser asked for; nil for everything else.
    static func place(of request: Request) -> String? {
        request.method == .get && request.wantsPage ? checked(request.uri.string) : nil
    }

    /// What a form or an address brings back; nil where it is no page of the hub, but another site's or a form's.
    static func checked(_ text: String?) -> String? {
        guard let text, text.utf8.count <= lengthMaximum, text.hasPrefix("/"), text != "/",
            !text.dropFirst().hasPrefix("/"), text.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) }),
            !text.contains("\\")
        else { return nil }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        let isOpen = ["/sign-in", "/sign-out", "/welcome", "/events", "/v1", "/push"].contains { area in
            path == area || path.hasPrefix(area + "/")
        }
        return isOpen ? nil : text
    }
}
