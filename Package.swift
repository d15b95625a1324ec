// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode (the tools version's default) and no warning survives.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// One target a stage of the design, from left to right; a stage imports only stages to its left.
let package = Package(
    name: "proc2dbt",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "proc2dbt", targets: ["proc2dbt"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibxml2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        // Declarations only: the library is loaded at run time.
        .systemLibrary(name: "CDuckDB"),
        .systemLibrary(name: "CODBC"),
        .target(name: "Findings", swiftSettings: strict),
        .target(name: "Tokens", swiftSettings: strict),
        .target(name: "Databases", dependencies: ["CLibpq"], swiftSettings: strict),
        .target(name: "Catalog", dependencies: ["Tokens", "Databases", "Findings"], swiftSettings: strict),
        .target(name: "Steps", dependencies: ["Tokens", "Findings"], swiftSettings: strict),
        .target(name: "Types", dependencies: ["Tokens", "Steps", "Catalog"], swiftSettings: strict),
        .target(
            name: "Versions",
            dependencies: [
                "Catalog", "Tokens", "Steps", "Types", "Findings",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ], swiftSettings: strict),
        .target(
            name: "Models",
            dependencies: [
                "Versions", "Catalog", "Tokens", "Findings",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ], swiftSettings: strict),
        .target(
            name: "Dialects",
            dependencies: [
                "Models", "Versions", "Catalog", "Tokens", "Steps", "Types", "Findings",
                .product(name: "Yams", package: "Yams"),
            ],
            // In the binary itself, so that it can be copied anywhere.
            resources: [.embedInCode("Rules/duckdb.yml")], swiftSettings: strict),
        .target(
            name: "Project",
            dependencies: [
                "Models", "Versions", "Catalog", "Tokens", "Findings",
                .product(name: "Yams", package: "Yams"),
                .product(name: "Mustache", package: "swift-mustache"),
            ], swiftSettings: strict),
        .target(
            name: "Engines",
            dependencies: [
                "Databases",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "Logging", package: "swift-log"),
            ],
            // In the binary itself, so that it can be copied anywhere.
            resources: [.embedInCode("Resources/dbt_driver.py")], swiftSettings: strict),
        .target(name: "Endpoints", dependencies: ["Databases", "CDuckDB", "CODBC", "CSQLite"], swiftSettings: strict),
        .target(
            name: "Verification",
            dependencies: [
                "Catalog", "Databases", "Engines", "Project", "Tokens", "Steps", "Versions", "Findings", "Dialects",
                "Endpoints",
                .product(name: "Yams", package: "Yams"),
            ], swiftSettings: strict),
        .target(name: "Diff", dependencies: ["Endpoints", "Databases"], swiftSettings: strict),
        .target(name: "Report", dependencies: ["CLibxml2", "Verification", "Findings"], swiftSettings: strict),
        .executableTarget(
            name: "proc2dbt",
            dependencies: [
                "Catalog", "Databases", "Tokens", "Steps", "Versions", "Models", "Dialects", "Project", "Engines",
                "Verification", "Report", "Findings", "Endpoints", "Diff",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .testTarget(name: "TokensTests", dependencies: ["Tokens"], swiftSettings: strict),
        // A program that starts an engine and waits, for tests that kill it.
        .executableTarget(
            name: "EngineHolder", dependencies: ["Engines"], path: "Tests/EngineHolder", swiftSettings: strict),
        .testTarget(
            name: "CatalogTests", dependencies: ["Catalog", "Databases", "Engines", "EngineHolder"],
            swiftSettings: strict),
        .testTarget(name: "StepsTests", dependencies: ["Steps"], swiftSettings: strict),
        .testTarget(
            name: "TypesTests", dependencies: ["Types", "Steps", "Catalog"], resources: [.copy("Fixtures")],
            swiftSettings: strict),
        .testTarget(name: "VersionsTests", dependencies: ["Versions", "Catalog"], swiftSettings: strict),
        .testTarget(name: "ModelsTests", dependencies: ["Models", "Versions", "Catalog"], swiftSettings: strict),
        .testTarget(
            name: "DialectsTests", dependencies: ["Dialects", "Databases", "Endpoints", "Engines"],
            swiftSettings: strict),
        .testTarget(
            name: "ProjectTests", dependencies: ["Project"], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "VerificationTests", dependencies: ["Verification", "Engines", "Databases", "Catalog"],
            swiftSettings: strict),
        .testTarget(
            name: "DiffTests", dependencies: ["Diff", "Endpoints", "Databases", "Engines"], swiftSettings: strict),
        .testTarget(
            name: "ReportTests", dependencies: ["Report", "Verification", "CLibxml2"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Catalog", "Databases", "Tokens", "Versions", "Models", "Dialects", "Project", "Engines",
                "Verification",
                "Findings", "Endpoints",
                "proc2dbt",
                .product(name: "Yams", package: "Yams"),
            ], swiftSettings: strict),
    ]
)
