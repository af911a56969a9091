import ArgumentParser
import Foundation
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage
import HydrantStoragePostgres
import HydrantStorageSQLite

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the machine and the settings, and say what to do about what is wrong.")

    @Option(help: "The folder in which the database is to lie.")
    var folder = "."

    @Option(
        help: """
            A database to check: a file, or postgres://USER@HOST:PORT/NAME for a database of a PostgreSQL server; \
            nothing is written.
            """)
    var database: String?

    @Option(help: "A settings or mapping document to check.")
    var settings: String?

    @Option(help: "The port that `hydrant serve` is to use.")
    var port = 8080

    func run() async throws {
        var checks = checkFolder()
        checks += [checkMemory(), checkClock(), await checkPort()]
        if let settings { checks += checkDocument(settings) }
        if let database {
            checks.append(await checkDatabase(database))
            checks += await checkContent(of: database)
        }
        for check in checks {
            let mark = check.isFine ? "✓" : check.isHint ? "•" : "✗"
            Terminal.standardOutput("\(mark) \(check.name): \(check.finding)\n")
            if !check.isFine { Terminal.standardOutput("    → \(check.advice)\n") }
        }
        let bad = checks.count { !$0.isFine && !$0.isHint }
        Terminal.standardOutput(bad == 0 ? "Everything is in order.\n" : "\(bad) of \(checks.count) need attention.\n")
        if bad > 0 { throw ExitCode(1) }
    }

    private struct Check {
        var name: String
        var isFine: Bool
        var finding: String
        var advice: String
        /// Nothing is wrong, and something is missed.
        var isHint = false
    }

    /// What hangs on the folder; where it is missing, that alone.
    private func checkFolder() -> [Check] {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
        guard isThere, isFolder.boolValue else {
            return [
                Check(
                    name: "folder \(folder)", isFine: false, finding: isThere ? "is a file" : "is missing",
                    advice: "Make it (mkdir -p), or name the folder of the database with --folder.")
            ]
        }
        return [checkWriting(), checkSpace(), checkDurableWrite(), checkSecrets()]
    }

    private func checkDatabase(_ database: String) async -> Check {
        if let address = PostgresAddress(database) { return await checkServer(address) }
        let name = "database \(database)"
        guard !database.contains("://"), FileManager.default.fileExists(atPath: database) else {
            return Check(
                name: name, isFine: false, finding: "is no file and no address of a server's database",
                advice: "Give the path of the file, or postgres://USER@HOST:PORT/NAME.")
        }
        do {
            let open = try await OpenDatabase.reading(DatabaseOptions.parse(["--database", database]))
            try await open.store.close()
            return Check(name: name, isFine: true, finding: "this version can work on it, and its key fits", advice: "")
        } catch {
            let problem = error as? CommandProblem ?? CommandProblem("cannot be opened", advice: "Check the rights.")
            return Check(name: name, isFine: false, finding: problem.message, advice: problem.advice)
        }
    }

    /// Where telephones reach the hub, which the codes on labels need, and the calendars of the settings that are kept;
    /// nothing where the database cannot be opened.
    private func checkContent(of database: String) async -> [Check] {
        guard let options = try? DatabaseOptions.parse(["--database", database]),
            let open = try? await OpenDatabase.reading(options)
        else { return [] }
        let desk = try? await open.store.read { try Desk.settings($0) }
        try? await open.store.close()
        let calendars = checkWarehouses(open.settings, of: "its settings")
        guard let desk else { return calendars }
        let codes = Check(
            name: "codes on labels", isFine: !desk.address.isEmpty,
            finding: desk.address.isEmpty
                ? "plain text, because the address at which telephones reach the hub is unset"
                : "open \(desk.address)",
            advice: "Write the address down on the page /settings/desk; then a telephone's camera opens them.",
            isHint: true)
        return calendars + [codes]
    }

    /// The warehouses of calendars and senders that are named nowhere else: wrong where the settings name warehouses,
    /// and a hint where nothing can be compared.
    private func checkWarehouses(_ settings: Settings, of document: String) -> [Check] {
        func check(_ part: String, _ doubt: Text, _ isComparable: Bool) -> Check {
            Check(
                name: "\(part) of \(document)", isFine: false, finding: doubt.english,
                advice: "Write the warehouse as the orders and the other settings do, letter by letter.",
                isHint: !isComparable)
        }
        return settings.calendarDoubts.map { check("calendars", $0.text, $0.isComparable) }
            + settings.senderDoubts.map { check("senders", $0.text, $0.isComparable) }
    }

    private func checkServer(_ address: PostgresAddress) async -> Check {
        let name = "database server"
        do {
            let finding = try await PostgresStore.examine(address)
            return Check(name: name, isFine: true, finding: finding, advice: "")
        } catch {
            let failure = error as? StoreFailure ?? StoreFailure(.other)
            return Check(
                name: name, isFine: false, finding: "\(failure.code) \(failure.message)", advice: failure.advice)
        }
    }

    private func checkWriting() -> Check {
        let probe = folder + "/.hydrant-doctor"
        let isFine = FileManager.default.createFile(atPath: probe, contents: Data("probe".utf8))
        try? FileManager.default.removeItem(atPath: probe)
        return Check(
            name: "writing in \(folder)", isFine: isFine, finding: isFine ? "works" : "refused",
            advice: "Give the user who runs hydrant the right to write there: chown or chmod the folder.")
    }

    private func checkSpace() -> Check {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        let free = (attributes?[.systemFreeSize] as? Int64 ?? 0) / 1_000_000_000
        return Check(
            name: "free disk space", isFine: free >= 5, finding: "\(free) GB",
            advice: "A million orders take about 5 GB; make room or choose another folder with --folder.")
    }

    /// How long it takes until a small write is safe on disk: the floor under every acknowledgement.
    private func checkDurableWrite() -> Check {
        let path = folder + "/.hydrant-doctor-sync"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        guard file >= 0 else {
            return Check(name: "durable write", isFine: false, finding: "cannot be tried", advice: "See above.")
        }
        defer { close(file) }
        let begin = ContinuousClock.now
        let rounds = 20
        for _ in 0..<rounds {
            _ = write(file, "0123456789abcdef", 16)
            guard fsync(file) == 0 else {
                return Check(
                    name: "durable write", isFine: false, finding: "fsync fails",
                    advice: "The disk or file system is damaged or full; do not run a hub on it.")
            }
        }
        let each = (ContinuousClock.now - begin) / rounds
        let milliseconds = Double(each.components.attoseconds) / 1e15 + Double(each.components.seconds) * 1_000
        return Check(
            name: "durable write", isFine: milliseconds < 20,
            finding: "\((milliseconds * 100).rounded() / 100) ms each",
            advice: "Each acknowledgement waits this long: use a local SSD rather than a network disk.")
    }

    private func checkMemory() -> Check {
        let gigabytes = Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824
        return Check(
            name: "memory", isFine: gigabytes >= 1.5, finding: "\((gigabytes * 10).rounded() / 10) GB",
            advice: "A hub for a million orders a year wants 2 GB.")
    }

    private func checkClock() -> Check {
        let year = Calendar(identifier: .gregorian).component(.year, from: Date())
        return Check(
            name: "clock", isFine: year >= 2026, finding: "the year is \(year)",
            advice: "Set the clock and keep it set with chrony or systemd-timesyncd: signatures expire after 5 minutes."
        )
    }

    private func checkPort() async -> Check {
        let name = "port \(port) on 127.0.0.1"
        let isFree = PortProbe.isFree(port)
        let isTaken = PortProbe.isTaken(port, host: PortProbe.loopback)
        if isTaken, let hub = await HubProbe(port: port).look() {
            let other = "For another hub beside it choose another port with --port."
            return Check(
                name: name, isFine: false, finding: "a Hydrant hub runs there, \(hub.finding)",
                advice: hub.isReady
                    ? "If it is the one you mean, all is well: http://127.0.0.1:\(port)/ is its page. \(other)"
                    : "If it is starting, wait a moment; otherwise its log says why. \(other)",
                isHint: hub.isReady)
        }
        return Check(
            name: name, isFine: isFree,
            finding: isFree ? "free" : isTaken ? "in use" : "cannot be listened on",
            advice: isTaken
                ? "Another program listens there; choose another one with --port."
                : "Ports end at 65535 and need rights of their own below 1024; choose another one with --port.")
    }

    private func checkSecrets() -> Check {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let secrets = names.filter { name in [".key", ".token", ".webhook-secret"].contains { name.hasSuffix($0) } }
        let exposed = FilePrivacy.open(secrets.sorted().map { "\(folder)/\($0)" })
        return Check(
            name: "keys and tokens in \(folder)", isFine: exposed.isEmpty,
            finding: exposed.isEmpty ? "private" : "other users can read \(exposed.joined(separator: ", "))",
            advice: FilePrivacy.advice(exposed))
    }

    private func checkDocument(_ path: String) -> [Check] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            let advice = "Check the path and the rights."
            return [Check(name: path, isFine: false, finding: "cannot be read", advice: advice)]
        }
        do {
            let settings = try SavedDocument.parse(String(decoding: bytes, as: UTF8.self), path: path)
            let fine = Check(name: path, isFine: true, finding: "fine, version \(settings.version)", advice: "")
            return [fine] + checkWarehouses(settings, of: path)
        } catch {
            let message = (error as? CommandProblem)?.message ?? "\(error)"
            return [Check(name: path, isFine: false, finding: message, advice: "Correct the places named above.")]
        }
    }
}

/// Whether a TCP port of this machine can be listened on.
enum PortProbe {
    static let loopback = "127.0.0.1"

    private enum Standing {
        /// With the number that the system gives for it, also for 0.
        case free(Int)
        case taken
        /// It cannot be listened on for another reason, or nobody looked.
        case unknown
    }

    /// Whether the loopback's port can be listened on.
    static func isFree(_ port: Int) -> Bool {
        if case .free = standing(port, loopback) { true } else { false }
    }

    /// Whether another program listens there. Names and IPv6 addresses are not looked at: never.
    static func isTaken(_ port: Int, host: String) -> Bool {
        if case .taken = standing(port, host) { true } else { false }
    }

    /// A port that was free a moment ago.
    static func freePort() throws -> Int {
        guard case .free(let port) = standing(0, loopback) else {
            throw CommandProblem("no port of 127.0.0.1 is free")
        }
        return port
    }

    private static func standing(_ port: Int, _ host: String) -> Standing {
        guard let number = UInt16(exactly: port) else { return .unknown }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return .unknown }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return .unknown }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let trouble = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 ? 0 : errno
            }
        }
        if trouble == 0 { return .free(Int(UInt16(bigEndian: address.sin_port))) }
        return trouble == EADDRINUSE ? .taken : .unknown
    }
}
