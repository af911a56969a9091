import HydrantCore
import HydrantEngine

/// The form that a text to a warehouse keeper links to. It stands alone: whoever opens it has no access to anything
/// else.
struct KeeperView {
    /// What stands above the field.
    enum State {
        case asking
        case wrong(Refusal, typed: String, courier: String)
        case taken(number: String, courier: String)
        /// Unknown, used or too old: which of them is nobody's business.
        case closed
        case busy
    }

    var form: KeeperForm?
    var code: String
    var state: State

    func document(_ language: Language, _ request: PageRequest, files: PageFiles) -> String {
        let words = files.words(language)
        let other: Language = language == .chinese ? .english : .chinese
        var bindings: Bindings = [
            "language": language == .chinese ? "zh-CN" : "en", "w": words.bindings, "title": words("keeper_title"),
            "logo": files.assets["logo.svg"]?.address ?? "",
            "style": files.assets["hydrant.css"]?.address ?? "", "action": "/k/\(encodedPiece(code))",
            "other": [
                "tag": other == .chinese ? "zh-CN" : "en", "label": other == .chinese ? "中文" : "English",
                "href": address(request.path, [("lang", other.rawValue)]),
            ] as Bindings,
            "alert": false, "notice": false, "form": false, "typed": "",
        ]
        switch state {
        case .asking: break
        case .wrong(let refusal, let typed, _):
            bindings["alert"] = ["text": refusal.text[language], "next": refusal.nextStep[language]] as Bindings
            bindings["typed"] = typed
        case .taken(let number, let courier):
            let name = form?.couriers.first { $0.id == courier }?.name ?? courier
            bindings["notice"] = words("keeper_taken", ["number": number, "courier": name])
        case .closed: bindings["notice"] = words("keeper_closed")
        case .busy: bindings["notice"] = words("keeper_busy")
        }
        let isOpen =
            switch state {
            case .asking, .wrong: true
            case .taken, .closed, .busy: false
            }
        if isOpen, let form { bindings["form"] = self.bindings(of: form, words) }
        return files.render(bindings, "keeper")
    }

    private func bindings(of form: KeeperForm, _ words: Words) -> Bindings {
        var chosen = form.courier
        if case .wrong(_, _, let courier) = state { chosen = courier }
        let receiver = [form.receiver?.name, form.receiver?.phone].compactMap(\.self).filter { !$0.isEmpty }
        return [
            "order": form.order, "parcel": form.parcel, "receiver": receiver.joined(separator: " "),
            "area": form.area,
            "items": form.items.map { ["name": $0.name, "units": String($0.units)] as Bindings },
            "hasCouriers": !form.couriers.isEmpty,
            "couriers": form.couriers.map { courier in
                ["id": courier.id, "name": courier.name, "chosen": courier.id == chosen] as Bindings
            },
        ]
    }
}
