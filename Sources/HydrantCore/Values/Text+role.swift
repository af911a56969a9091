extension Text {
    /// A role in a sentence: "have the warehouse settle it".
    package static func role(_ owner: String) -> Text {
        switch owner {
        case "operations": Text(chinese: "运营", english: "operations")
        case "warehouse": Text(chinese: "仓库", english: "the warehouse")
        case "service": Text(chinese: "客服", english: "customer service")
        case "finance": Text(chinese: "财务", english: "finance")
        case "it": Text(chinese: "IT", english: "IT")
        case "owner": Text(chinese: "负责人", english: "the owner")
        default: Text(chinese: owner, english: owner)
        }
    }
}
