import HydrantStorage
import HydrantStorageSQLite
import HydrantTesting
import Testing

/// The engines that exist; each keeps the same promises.
enum Engine: String, CaseIterable, Sendable {
    case memory
    case sqlite
    case postgres

    /// Gives stores whose files live as long as the folder.
    func contract(in folder: Folder) -> StoreContract {
        StoreContract { try await store(in: folder) }
    }

    func store(in folder: Folder) async throws -> any Store {
        switch self {
        case .memory: InMemoryStore()
        case .sqlite: try SQLiteStore(path: folder.file())
        case .postgres: try await makePostgresStore()
        }
    }
}

extension StoreContract.Property: CustomTestStringConvertible {
    package var testDescription: String { name }
}

@Suite struct StoreContractTests {
    @Test(arguments: Engine.allCases, StoreContract.properties)
    func `every engine keeps every promise`(engine: Engine, property: StoreContract.Property) async throws {
        let folder = try Folder()
        try await property.check(engine.contract(in: folder))
    }

    @Test func `the promises have names of their own`() {
        #expect(Set(StoreContract.properties.map(\.name)).count == StoreContract.properties.count)
        #expect(StoreContract.properties.count == 79)
    }
}
