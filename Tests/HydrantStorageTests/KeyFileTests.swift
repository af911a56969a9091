import Foundation
import HydrantStorage
import HydrantStorageSQLite
import Testing

@Suite struct KeyFileTests {
    private func kind(_ body: () throws -> Void) -> StoreFailure.Kind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? StoreFailure)?.kind
        }
    }

    @Test func `a new database gets a key that only its owner reads`() throws {
        let folder = try Folder()
        let made = try KeyFile.keyring(forDatabase: folder.file())
        let path = KeyFile.path(forDatabase: folder.file())
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.count == 65 && text.hasSuffix("\n"))
        #expect(try KeyFile.keyring(forDatabase: folder.file()).checkValue == made.checkValue)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["hydrant.db.key"])
        let other = try KeyFile.keyring(forDatabase: folder.file("other.db"))
        #expect(other.checkValue != made.checkValue)
    }

    @Test func `a key that exists is never replaced`() throws {
        let folder = try Folder()
        let digits = String(repeating: "0a", count: 32)
        try digits.uppercased().write(toFile: folder.file("k"), atomically: true, encoding: .utf8)
        try KeyFile.create(folder.file("k"))
        let expected = Keyring(master: [UInt8](repeating: 0x0A, count: 32)).checkValue
        #expect(try KeyFile.load(folder.file("k")).checkValue == expected)
    }

    @Test func `a database whose key file is gone is refused, and no new key is made`() async throws {
        let folder = try Folder()
        let keyring = try KeyFile.keyring(forDatabase: folder.file())
        let store = try SQLiteStore(path: folder.file())
        try await store.bind(to: keyring)
        try await store.close()
        try FileManager.default.removeItem(atPath: KeyFile.path(forDatabase: folder.file()))
        #expect(kind { _ = try KeyFile.keyring(forDatabase: folder.file()) } == .keyMismatch)
        #expect(!FileManager.default.fileExists(atPath: KeyFile.path(forDatabase: folder.file())))
    }

    @Test(arguments: ["", "00", String(repeating: "0", count: 63), String(repeating: "g0", count: 32)])
    func `a file that holds no key is refused`(text: String) throws {
        let folder = try Folder()
        try text.write(toFile: folder.file("k"), atomically: true, encoding: .utf8)
        #expect(kind { _ = try KeyFile.load(folder.file("k")) } == .keyMismatch)
        #expect(try String(contentsOfFile: folder.file("k"), encoding: .utf8) == text)
    }

    @Test func `a folder that does not exist is refused`() throws {
        let folder = try Folder()
        #expect(kind { _ = try KeyFile.keyring(forDatabase: folder.path + "/none/hydrant.db") } == .other)
        #expect(kind { _ = try KeyFile.load(folder.file("none")) } == .other)
    }

    @Test(arguments: Engine.allCases)
    func `a database takes one key and refuses every other`(engine: Engine) async throws {
        let folder = try Folder()
        let store: any Store = engine == .memory ? InMemoryStore() : try SQLiteStore(path: folder.file())
        let mine = Keyring(master: [UInt8](repeating: 1, count: 32))
        let other = Keyring(master: [UInt8](repeating: 2, count: 32))
        #expect(try await !store.isBound(to: mine))
        try await store.bind(to: mine)
        try await store.bind(to: mine)
        #expect(try await store.isBound(to: mine))
        await #expect(throws: StoreFailure(.keyMismatch)) { try await store.isBound(to: other) }
        await #expect(throws: StoreFailure(.keyMismatch)) { try await store.bind(to: other) }
        #expect(try await store.read { try $0.meta("key.check") } == mine.checkValue)
        try await store.close()
    }
}
