import ArgumentParser
import Foundation
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage
import HydrantStoragePostgres
import HydrantStorageSQLite

/// `--database` and `--key`, for every command that works on a database.
struct DatabaseOptions: ParsableArguments {
    @Option(help: "The database file, or postgres://USER@HOST:PORT/NAME for a database of a PostgreSQL server.")
    var database: String

    @Option(
        help: """
            The file with the master key; FILE.key beside the database when not given, NAME.key in this folder for a \
            database of a server.
            """)
    var key: String?

    /// The address of a server's database; nil for a file.
    var address: PostgresAddress? { PostgresAddress(database) }

    /// What the names of the files that belong to the database begin with.
    var filePrefix: String { address?.databaseName ?? database }

    /// The database in words; an address may hold a password.
    var displayName: String { address.map { "the database \($0.databaseName)" } ?? database }

    /// The keys of the database; made where neither they nor the database are there.
    func keyring(for store: (any Store)? = nil) async throws -> Keyring {
        if let key { return try KeyFile.load(key) }
        guard let store else { return try KeyFile.keyring(forDatabase: database) }
        return try await KeyFile.keyring(
            at: KeyFile.path(forDatabase: filePrefix), isDatabaseNew: !store.isBound())
    }
}

/// A database with the key and the settings that belong to it.
struct OpenDatabase {
    var store: any Store
    var keyring: Keyring
    var settings: Settings

    /// Opens an existing database for reading.
    static func reading(_ options: DatabaseOptions) async throws -> OpenDatabase {
        guard options.address != nil || FileManager.default.fileExists(atPath: options.database) else {
            throw CommandProblem(
                "there is no database at \(options.database)",
                advice: "Make one with `hydrant import` or `hydrant demo`, or check the path.")
        }
        return try await open(options, isWriting: false)
    }

    /// Opens a database for writing and makes it when it is missing.
    ///
    /// - Parameters:
    ///   - server: how a server's database is used.
    ///   - interceptors: takes the place of what the database keeps, before anything reads that.
    static func writing(
        _ options: DatabaseOptions, server: PostgresSettings = PostgresSettings(), interceptors: RuleDocument? = nil
    ) async throws -> OpenDatabase {
        try await open(options, isWriting: true, server: server, interceptors: interceptors)
    }

    private static func open(
        _ options: DatabaseOptions, isWriting: Bool, server: PostgresSettings = PostgresSettings(),
        interceptors: RuleDocument? = nil
    ) async throws -> OpenDatabase {
        do {
            let store: any Store
            let keyring: Keyring
            if let address = options.address {
                store = try await PostgresStore.open(
                    address, mode: isWriting ? .readWrite : .readOnly, settings: server)
                guard try await !StoreMove.isUnfinished(store) else {
                    throw CommandProblem(
                        "a move into \(options.displayName) has not ended",
                        advice: "Run the same `hydrant migrate` again; it goes on where it ended.")
                }
                keyring = try await options.keyring(for: store)
            } else {
                try SQLiteFile.check(options.database)
                // A file without its key is refused before it is touched.
                keyring = try await options.keyring()
                let lock = isWriting ? try DatabaseLock(forDatabase: options.database) : nil
                store = try SQLiteStore(
                    path: options.database, mode: isWriting ? .readWrite : .readOnly, lock: lock)
            }
            if isWriting {
                try await store.bind(to: keyring)
            } else if try await !store.isBound(to: keyring) {
                throw StoreFailure(.keyMismatch)
            }
            if let interceptors { try await RulesFile.save(interceptors, in: store) }
            let settings = try await SavedDocument.settings(in: store)
            return OpenDatabase(store: store, keyring: keyring, settings: settings)
        } catch let failure as StoreFailure {
            throw CommandProblem("\(failure.code) \(failure.message)", advice: failure.advice)
        }
    }
}

/// The document that decided what is in a database, kept inside it, so that every later command judges by the same.
enum SavedDocument {
    /// What a hub on this database works by: the document, or what is built in, the interceptors, and the words that
    /// people have mapped.
    static func settings(in store: any Store) async throws -> Settings {
        var settings = try await document(in: store) ?? Settings()
        settings.words.mapped = try await store.read { try MappedWords.read($0).table }
        settings.rules = try await RulesFile.rules(in: store)
        return settings
    }

    private static func document(in store: any Store) async throws -> Settings? {
        guard let bytes = try await store.read({ try $0.meta(settingsDocumentName) }) else { return nil }
        return try parse(String(decoding: bytes, as: UTF8.self), path: "the document saved in the database")
    }

    /// Saves a document, unless the database belongs to one with another flow.
    static func save(_ text: String, path: String, in open: OpenDatabase) async throws {
        let new = try parse(text, path: path)
        if let old = try await document(in: open.store), old.flow != new.flow {
            throw CommandProblem(
                "this database was made with \(old.version), whose flow differs from that of \(new.version)",
                advice: "Use another --database for this document.")
        }
        try await open.store.saveDocument(Array(text.utf8), open.keyring)
    }

    /// The settings of a settings document or of a mapping document, which contains them.
    static func parse(_ text: String, path: String) throws -> Settings {
        let isMapping = text.split(separator: "\n").contains { $0.hasPrefix("mapping:") }
        return try readDocument { () throws(DocumentProblems) in
            isMapping
                ? try MappingDocument.load(text: text, path: path).settings
                : try SettingsDocument.load(text: text, path: path)
        }
    }

    static func read(_ path: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandProblem(
                "\(path) cannot be read", advice: "Check the path; Templates/ has documents to begin with.")
        }
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw CommandProblem("\(path) is not UTF-8 text", advice: "Save it as UTF-8 and start again.")
        }
        return text
    }
}

/// Turns the problems of a document into one message with a line for each.
func readDocument<Result>(_ read: () throws(DocumentProblems) -> Result) throws -> Result {
    do {
        return try read()
    } catch {
        throw CommandProblem(
            error.description, advice: "Nothing was changed. Correct the places named and start again.")
    }
}
