// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    // Bugs put in on purpose, in debug builds alone (Sources/HydrantCore/Mutant.swift).
    .define("HYDRANT_MUTANTS", .when(configuration: .debug)),
    // One build for use and for its tests, which are compiled without optimizing: that takes a third of the time.
    .unsafeFlags(["-enable-testing"], .when(configuration: .release)),
]
let testSettings = settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let client: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

// A target imports only targets above it in this list (ARCHITECTURE.md).
let package = Package(
    name: "hydrant",
    products: [
        .executable(name: "hydrant", targets: ["hydrant"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CJemalloc", providers: [.apt(["libjemalloc-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CArgon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(
            name: "CPangoCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev", "libharfbuzz-dev"])]),
        .systemLibrary(name: "CQRCode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CZBar", providers: [.apt(["libzbar-dev"])]),
        .target(name: "CDivisions", exclude: ["divisions.zst"]),
        .target(name: "HydrantCore", swiftSettings: settings),
        .target(
            name: "HydrantDocuments", dependencies: ["HydrantCore", "Yams", "CZstd", "CZlib", "CDivisions"],
            swiftSettings: settings),
        .target(
            name: "HydrantPrinting", dependencies: ["HydrantCore", "CPangoCairo", "CQRCode", "CZBar"],
            swiftSettings: settings),
        .target(name: "HydrantStorage", dependencies: ["HydrantCore", crypto], swiftSettings: settings),
        .target(
            name: "HydrantStorageSQLite", dependencies: ["HydrantCore", "HydrantStorage", grdb, sqlite],
            swiftSettings: settings),
        .target(
            name: "HydrantStoragePostgres", dependencies: ["HydrantCore", "HydrantStorage", "CLibPQ"],
            swiftSettings: settings),
        .target(
            name: "HydrantConnectorKit", dependencies: ["HydrantCore", client, crypto, cryptoExtras, log],
            swiftSettings: settings),
        .target(
            name: "HydrantConnectors", dependencies: ["HydrantCore", "HydrantConnectorKit"], swiftSettings: settings),
        .target(
            name: "HydrantEngine",
            dependencies: [
                "HydrantCore", "HydrantDocuments", "HydrantStorage", "HydrantConnectorKit", log,
            ],
            swiftSettings: settings),
        .target(
            name: "HydrantWeb",
            dependencies: [
                "HydrantCore", "HydrantDocuments", "HydrantStorage", "HydrantConnectorKit", "HydrantEngine",
                "CArgon2", "CJemalloc", "CQRCode", hummingbird, mustache, log, crypto,
            ],
            resources: [.embedInCode("Pages")],
            swiftSettings: settings),
        .target(
            name: "HydrantSandbox",
            dependencies: ["HydrantCore", "HydrantConnectorKit", hummingbird, log, client, lifecycle],
            swiftSettings: settings),
        .target(
            name: "HydrantSimulator",
            dependencies: ["HydrantCore", "HydrantStorage", "HydrantConnectorKit", "HydrantEngine", log],
            swiftSettings: settings),
        .target(
            name: "HydrantTesting", dependencies: ["HydrantCore", "HydrantStorage", "HydrantConnectorKit"],
            swiftSettings: settings),
        .executableTarget(
            name: "hydrant",
            dependencies: [
                "HydrantCore", "HydrantDocuments", "HydrantPrinting", "HydrantStorage", "HydrantStorageSQLite",
                "HydrantStoragePostgres",
                "HydrantConnectorKit",
                "HydrantConnectors", "HydrantEngine", "HydrantWeb", "HydrantSandbox", "HydrantSimulator", arguments,
                hummingbird, lifecycle, signals, log,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "HydrantCoreTests", dependencies: ["HydrantCore", "HydrantTesting"], swiftSettings: testSettings),
        .testTarget(
            name: "HydrantDocumentsTests", dependencies: ["HydrantCore", "HydrantDocuments"],
            swiftSettings: testSettings),
        .testTarget(
            name: "HydrantPrintingTests",
            dependencies: ["HydrantCore", "HydrantDocuments", "HydrantPrinting", "HydrantTesting"],
            swiftSettings: testSettings),
        .testTarget(
            name: "HydrantStorageTests",
            dependencies: [
                "HydrantCore", "HydrantStorage", "HydrantStorageSQLite", "HydrantStoragePostgres",
                "HydrantConnectorKit",
                "HydrantEngine", "HydrantSimulator", "HydrantTesting", grdb, log,
            ],
            swiftSettings: testSettings),
        .testTarget(
            name: "HydrantConnectorsTests",
            dependencies: [
                "HydrantCore", "HydrantConnectorKit", "HydrantConnectors", "HydrantDocuments", "HydrantSandbox",
                "HydrantTesting", lifecycle,
                log,
            ],
            swiftSettings: testSettings),
        .testTarget(
            name: "HydrantEngineTests",
            dependencies: [
                "HydrantCore", "HydrantDocuments", "HydrantStorage", "HydrantConnectorKit", "HydrantEngine",
                "HydrantSimulator",
                "HydrantTesting", log,
            ],
            swiftSettings: testSettings),
        .testTarget(
            name: "HydrantSimulatorTests",
            dependencies: [
                "HydrantCore", "HydrantStorage", "HydrantStorageSQLite", "HydrantConnectorKit", "HydrantEngine",
                "HydrantSimulator", "HydrantTesting", log,
            ],
            swiftSettings: testSettings),
        .testTarget(
            name: "HydrantWebTests",
            dependencies: [
                "HydrantCore", "HydrantDocuments", "HydrantStorage", "HydrantConnectorKit", "HydrantEngine",
                "HydrantWeb", "HydrantSandbox",
                "HydrantTesting", hummingbird, .product(name: "HummingbirdTesting", package: "hummingbird"), log,
                crypto,
            ],
            swiftSettings: testSettings),
        .testTarget(name: "TidyTests", swiftSettings: testSettings),
    ]
)
