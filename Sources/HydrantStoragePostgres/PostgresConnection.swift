import CLibPQ
import Glibc
import HydrantStorage

/// One statement with its values.
struct Call {
    var text: String
    var cells: [Cell]

    init(_ text: String, _ cells: [Cell] = []) {
        self.text = text
        self.cells = cells
    }
}

/// One connection, used by one thread at a time. Every call waits for the server.
final class PostgresConnection {
    private let handle: OpaquePointer
    private let traffic: Traffic
    private var names: [String: String] = [:]
    /// Sent with the next statements, so that a transaction's beginning costs no round trip of its own.
    private var prelude: [Call] = []
    /// Whose part of the head the connection writes; 0 before ``takeHeadPart()``.
    private(set) var headWriter = 0

    /// - Throws: `StoreFailure` of kind `unreachable` without the address, which may hold a password.
    init(address: PostgresAddress, traffic: Traffic) throws {
        self.traffic = traffic
        // What the address says counts more than what stands before it.
        let options: [(String, String)] = [
            ("fallback_application_name", "hydrant"), ("connect_timeout", "10"), ("client_encoding", "UTF8"),
            ("dbname", address.text),
        ]
        var words: [UnsafePointer<CChar>?] = options.map { UnsafePointer<CChar>(strdup($0.0)) }
        var values: [UnsafePointer<CChar>?] = options.map { UnsafePointer<CChar>(strdup($0.1)) }
        defer { for text in words + values { free(UnsafeMutablePointer(mutating: text)) } }
        words.append(nil)
        values.append(nil)
        let opened = PQconnectdbParams(words, values, 1)
        guard let opened else { throw StoreFailure(.other) }
        handle = opened
        guard PQstatus(opened) == CONNECTION_OK else {
            throw StoreFailure(connectionMessage: String(cString: PQerrorMessage(opened)))
        }
        PQsetNoticeProcessor(opened, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    var isUsable: Bool { PQstatus(handle) == CONNECTION_OK }

    /// Runs statements without values one after the other, for instance those of a migration.
    func execute(_ text: String) throws {
        try sendPrelude()
        traffic.count(statements: 1)
        try check(PQexec(handle, text))
    }

    /// Takes a part of the head that no other connection has, for as long as this one lives. Parts of connections that
    /// are gone are taken again, so that there are never more of them than there were connections at a time.
    func takeHeadPart() throws {
        guard let writer = try first(Statements.takeHeadPart, [], { Int($0.integer(0)) }) else {
            throw StoreFailure(
                .other, message: "Too many hub nodes are connected to the database server.",
                advice: "Stop some of them.")
        }
        headWriter = writer
    }

    func begin(_ text: String) { prelude = [Call(text)] }

    /// Whether nothing was sent since ``begin(_:)``.
    var isUntouched: Bool { !prelude.isEmpty }

    func forgetBeginning() { prelude = [] }

    func run(_ text: String, _ cells: [Cell] = []) throws { _ = try answer(text, cells) }

    func first<Value>(_ text: String, _ cells: [Cell] = [], _ value: (AnswerRow) throws -> Value) throws -> Value? {
        try answer(text, cells).first.map(value)
    }

    func all<Value>(_ text: String, _ cells: [Cell] = [], _ value: (AnswerRow) throws -> Value) throws -> [Value] {
        try answer(text, cells).all(value)
    }

    func answer(_ text: String, _ cells: [Cell]) throws -> Answer {
        let answers = try run([Call(text, cells)])
        return answers[0]
    }

    /// Sends all statements and waits once.
    ///
    /// - Returns: the answers in the order of the calls.
    /// - Throws: the failure of the first statement that failed; those behind it were not run.
    func run(_ calls: [Call]) throws -> [Answer] {
        let before = prelude
        prelude = []
        for call in before + calls { try prepare(call) }
        guard PQenterPipelineMode(handle) == 1 else { throw lost() }
        for call in before + calls { try send(call) }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        traffic.count(statements: before.count + calls.count)
        let answers = try receive(before.count + calls.count)
        return Array(answers.dropFirst(before.count))
    }

    private func sendPrelude() throws {
        guard !prelude.isEmpty else { return }
        _ = try run([])
    }

    private func prepare(_ call: Call) throws {
        guard names[call.text] == nil else { return }
        let name = "s\(names.count + 1)"
        traffic.count(statements: 1)
        try check(PQprepare(handle, name, call.text, 0, nil))
        names[call.text] = name
    }

    private func send(_ call: Call) throws {
        let name = names[call.text] ?? ""
        let isSent = Parameters(call.cells).withPointers { values, lengths, formats in
            PQsendQueryPrepared(handle, name, Int32(values.count), values, lengths, formats, 1)
        }
        guard isSent == 1 else { throw lost() }
    }

    /// Reads the answers of a pipeline to its end, also behind a failure, so that the connection stays usable.
    private func receive(_ count: Int) throws -> [Answer] {
        var answers: [Answer] = []
        var failure: StoreFailure?
        while true {
            guard let result = PQgetResult(handle) else {
                // One NULL ends the answer of each statement; two mean that the connection is gone.
                guard let next = PQgetResult(handle) else { throw failure ?? lost() }
                if try !take(next, &answers, &failure) { break }
                continue
            }
            if try !take(result, &answers, &failure) { break }
        }
        PQexitPipelineMode(handle)
        if let failure { throw failure }
        precondition(answers.count == count, "\(count) statements got \(answers.count) answers")
        return answers
    }

    /// - Returns: false at the end of the pipeline.
    private func take(_ result: OpaquePointer, _ answers: inout [Answer], _ failure: inout StoreFailure?) throws -> Bool
    {
        switch PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            return false
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: answers.append(Answer(result))
        case PGRES_PIPELINE_ABORTED: PQclear(result)
        default:
            failure = failure ?? StoreFailure(result: result)
            PQclear(result)
            guard isUsable else { throw failure ?? lost() }
        }
        return true
    }

    private func check(_ result: OpaquePointer?) throws {
        guard let result else { throw lost() }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: return
        default: throw isUsable ? StoreFailure(result: result) : lost()
        }
    }

    private func lost() -> StoreFailure { isUsable ? StoreFailure(.other) : .connectionLost }
}
