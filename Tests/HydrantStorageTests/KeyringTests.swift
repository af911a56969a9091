import HydrantCore
import HydrantStorage
import HydrantStorageSQLite
import Testing

@Suite struct KeyringTests {
    private let keyring = Keyring(master: (0..<32).map { UInt8($0) })
    private let other = Keyring(master: (0..<32).map { UInt8($0 + 1) })

    /// Expected values from Python's hmac and hashlib.
    @Test func `chain hashes and fingerprints equal those of another implementation`() {
        let first = keyring.chainHash(previous: [], event: Array("{\"n\":1}".utf8))
        #expect(hexadecimal(first) == "761f38f3f3780a3f75db646080ac1e5c49c48a132416e20dd42e835ce3054621")
        let second = keyring.chainHash(previous: first, event: Array("{\"n\":2}".utf8))
        #expect(hexadecimal(second) == "a3ae68c39c1bbcf23ee4da8bd89ceebc76e2ad0dc18ba06791d17749595314c7")
        #expect(keyring.fingerprint("张三") == "c75c423eb2a94bd7d296da551c20ebec")
        #expect(hexadecimal(keyring.checkValue) == "6ff8dc16e668346f6944548cc4caebdf9d9047319e0451d167c7e554e6707843")
        #expect(other.checkValue != keyring.checkValue)
    }

    @Test(arguments: Engine.allCases)
    func `a chain is the same after a round trip, and tells a changed event`(engine: Engine) async throws {
        let folder = try Folder()
        let store: any Store = engine == .memory ? InMemoryStore() : try SQLiteStore(path: folder.file())
        var events: [StoredEvent] = []
        var head: [UInt8] = []
        for number in 1...20 {
            let bytes = (0..<number * 37).map { UInt8(truncatingIfNeeded: $0 &* number) }
            head = keyring.chainHash(previous: head, event: bytes)
            events.append(StoredEvent(number: number, bytes: bytes, hash: head))
        }
        var row = OrderRow(number: "A", changedAt: Instant(milliseconds: 0))
        row.version = 20
        row.chainHead = head
        let write = OrderWrite(row: row, events: events, findings: nil, waybills: nil)
        try await store.transaction { transaction in
            var batch = WriteBatch()
            batch.orders = [write]
            try transaction.write(batch)
        }
        let stored = try await store.read { try $0.events(of: "A") }
        var again: [UInt8] = []
        for event in stored {
            again = keyring.chainHash(previous: again, event: event.bytes)
            #expect(event.hash == again)
        }
        #expect(try await store.read { try $0.orderRow("A")?.chainHead } == again)
        var altered = stored[3]
        altered.bytes[5] ^= 1
        #expect(keyring.chainHash(previous: stored[2].hash, event: altered.bytes) != altered.hash)
        try await store.close()
    }

    @Test func `what is sealed opens with its key and context`() throws {
        for length in [0, 1, 1_000] {
            let clear = [UInt8](repeating: 7, count: length)
            let sealed = try keyring.seal(clear, context: "receiver r1")
            #expect(sealed.count == length + 28)
            #expect(try keyring.open(sealed, context: "receiver r1") == clear)
            #expect(try keyring.seal(clear, context: "receiver r1") != sealed)
        }
    }

    @Test func `sealed bytes that were altered, moved or cut do not open`() throws {
        let sealed = try keyring.seal(Array("张三 13800138000".utf8), context: "receiver r1")
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 0x80
            #expect(throws: (any Error).self) { try keyring.open(altered, context: "receiver r1") }
        }
        #expect(throws: (any Error).self) { try keyring.open(sealed, context: "receiver r2") }
        #expect(throws: (any Error).self) { try keyring.open(Array(sealed.dropLast()), context: "receiver r1") }
        #expect(throws: (any Error).self) { try keyring.open([], context: "receiver r1") }
        #expect(throws: (any Error).self) { try other.open(sealed, context: "receiver r1") }
    }

    @Test func `hexadecimal digits are two for each byte`() {
        #expect(hexadecimal([0, 1, 0x0F, 0xA0, 0xFF]) == "00010fa0ff")
        #expect(hexadecimal([]) == "")
    }

    @Test func `the eight answers of health survive packing`() {
        for bits in UInt16(0)...255 { #expect(HealthContribution(packed: bits).packed == bits) }
        #expect(
            HealthContribution(packed: 0b101)
                == {
                    var contribution = HealthContribution()
                    contribution.isInPopulation = true
                    contribution.agrees = true
                    return contribution
                }())
    }
}
