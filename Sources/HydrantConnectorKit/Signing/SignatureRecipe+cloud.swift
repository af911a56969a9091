/// The three ways in which cloud services sign the calls to them.
extension SignatureRecipe {
    /// HMAC-SHA1 over method and encoded query. Fields `http_method`, `secret`, pairs `pairs`.
    package static let rpc = SignatureRecipe(
        .written(
            .base64,
            .keyedHash(
                .sha1, key: .list([.secret, .text("&")]),
                .list([.field("http_method"), .text("&%2F&"), .percentEncoded(.pairs("pairs", .query))]))))

    /// HMAC-SHA256 over a hashed canonical request. Fields `method`, `uri`, `body`, `secret`, pairs `query`, `headers`.
    package static let acs3 = SignatureRecipe(
        acs3Term(query: .pairs("query", .query), bodyHash: .written(.lowerHexadecimal, .hash(.sha256, .body))))

    /// The same with parts of the request taken as they are.
    package static func acs3Term(query: SignatureTerm, bodyHash: SignatureTerm) -> SignatureTerm {
        let canonical = SignatureTerm.list([
            .field("method"), .text("\n"), .field("uri"), .text("\n"), query, .text("\n"),
            .pairs("headers", .headerLines), .text("\n"), .pairs("headers", .headerNames), .text("\n"), bodyHash,
        ])
        let digest = SignatureTerm.written(.lowerHexadecimal, .hash(.sha256, canonical))
        return .written(
            .lowerHexadecimal, .keyedHash(.sha256, key: .secret, .list([.text("ACS3-HMAC-SHA256\n"), digest])))
    }

    /// HMAC-SHA256 with a key made from date and service. Fields `method`, `uri`, `query`, `body`, `date`, `service`,
    /// `timestamp`, `secret`, pairs `headers`.
    package static let tc3: SignatureRecipe = {
        let canonical = SignatureTerm.list([
            .field("method"), .text("\n"), .field("uri"), .text("\n"), .field("query"), .text("\n"),
            .pairs("headers", .smallHeaderLines), .text("\n"), .pairs("headers", .headerNames), .text("\n"),
            .written(.lowerHexadecimal, .hash(.sha256, .body)),
        ])
        let dateKey = SignatureTerm.keyedHash(.sha256, key: .list([.text("TC3"), .secret]), .field("date"))
        let serviceKey = SignatureTerm.keyedHash(.sha256, key: dateKey, .field("service"))
        let text = SignatureTerm.list([
            .text("TC3-HMAC-SHA256\n"), .timestamp, .text("\n"), .field("date"), .text("/"), .field("service"),
            .text("/tc3_request\n"), .written(.lowerHexadecimal, .hash(.sha256, canonical)),
        ])
        let key = SignatureTerm.keyedHash(.sha256, key: serviceKey, .text("tc3_request"))
        return SignatureRecipe(.written(.lowerHexadecimal, .keyedHash(.sha256, key: key, text)))
    }()
}
