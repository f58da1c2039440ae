// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "halfspace",
    products: [
        .executable(name: "halfspace", targets: ["HalfspaceCLI"]),
        .library(name: "HalfSpace", targets: ["HalfSpace"]),
        .library(name: "Attention", targets: ["Attention"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // The engine, from the left of the layers to the right: each imports only what stands above it.
        .target(name: "Measurement"),
        .target(name: "PlainText"),
        // Faults to plant in drivers are compiled into debug builds alone.
        .target(
            name: "CKernels", publicHeadersPath: ".",
            cSettings: [.define("CK_FAULTS", .when(configuration: .debug))]),
        // As are checks of what data structures promise.
        .target(
            name: "HalfSpace", dependencies: ["CKernels", "Measurement"],
            swiftSettings: [.define("INVARIANTS", .when(configuration: .debug))]),
        .target(name: "Attention", dependencies: ["CKernels", "Measurement", "HalfSpace"]),
        .target(name: "Model", dependencies: ["CKernels", "Measurement", "HalfSpace", "Attention"]),
        .target(name: "Policies", dependencies: ["CKernels", "HalfSpace", "Attention"]),
        .target(name: "Workload", dependencies: ["Measurement", "HalfSpace", "PlainText"]),
        .target(
            name: "Evaluation",
            dependencies: ["CKernels", "Measurement", "HalfSpace", "Attention", "Model", "Policies", "Workload"]),
        .target(
            name: "Simulation",
            dependencies: ["Measurement", "HalfSpace", "Attention", "Model", "Policies", "Workload", "Evaluation"]),

        // What comes from outside: the files that people write.
        .target(name: "TOML"),

        // The screen: values first, the terminal behind them.
        .target(name: "Screen"),
        .systemLibrary(name: "CNcurses", providers: [.apt(["libncurses-dev"]), .brew(["ncurses"])]),
        .target(name: "CSignals"),
        .target(name: "Terminal", dependencies: ["CNcurses", "CSignals", "Measurement", "Screen"]),

        // What joins the two.
        .target(name: "CEmbedded"),
        .target(name: "Assets", dependencies: ["CEmbedded"]),
        .target(
            name: "Dashboard",
            dependencies: [
                "Assets", "Attention", "Evaluation", "HalfSpace", "Measurement", "Model", "PlainText", "Policies",
                "Workload", "Screen", "Simulation", "TOML",
            ]
        ),
        .executableTarget(
            name: "HalfspaceCLI",
            dependencies: [
                "Assets", "Attention", "Dashboard", "Evaluation", "HalfSpace", "Measurement", "Model",
                "PlainText", "Screen", "Simulation", "Terminal", "Workload",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        .testTarget(name: "MeasurementTests", dependencies: ["Measurement", "TemporaryFiles"]),
        .testTarget(name: "HalfSpaceTests", dependencies: ["CKernels", "HalfSpace", "TemporaryFiles"]),
        .testTarget(
            name: "AttentionTests", dependencies: ["CKernels", "HalfSpace", "Attention", "Workload", "Assets"]),
        .testTarget(
            name: "EvaluationTests",
            dependencies: ["Evaluation", "Attention", "HalfSpace", "Assets", "Model", "Policies", "Workload"]),
        .testTarget(
            name: "PoliciesTests", dependencies: ["Policies", "HalfSpace", "Assets", "Workload"]),
        .testTarget(name: "AssetsTests", dependencies: ["Assets", "TemporaryFiles"]),
        .testTarget(
            name: "ModelTests",
            dependencies: ["Assets", "Attention", "CKernels", "GGUFSamples", "HalfSpace", "Model", "TemporaryFiles"],
            exclude: ["Reference"]),
        .testTarget(name: "WorkloadTests", dependencies: ["HalfSpace", "Workload", "Assets", "TemporaryFiles"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Assets", "Attention", "Evaluation", "GGUFSamples", "HalfSpace", "Policies", "Simulation", "Workload",
                "TemporaryFiles",
            ]),
        .testTarget(name: "PlainTextTests", dependencies: ["PlainText"]),
        .testTarget(name: "TOMLTests", dependencies: ["TOML"]),
        .testTarget(name: "ScreenTests", dependencies: ["Screen"]),
        .testTarget(
            name: "TerminalTests", dependencies: ["CNcurses", "Screen", "Terminal", "PseudoTerminal", "TerminalProbe"]),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Assets", "Attention", "Dashboard", "Evaluation", "HalfSpace", "Measurement", "Model", "Policies",
                "Screen", "Simulation", "Workload", "TemporaryFiles",
            ],
            exclude: ["Pictures", "PlainWords.txt"]),
        // Files that go away with the tests that wrote them.
        .target(name: "TemporaryFiles", path: "Tests/TemporaryFiles"),
        // Models that tests make for themselves.
        .target(name: "GGUFSamples", dependencies: ["TemporaryFiles"], path: "Tests/GGUFSamples"),
        // A terminal of the tests' own, tmux, and a program that does nothing but hold a terminal.
        .target(name: "CPseudoTerminal", path: "Tests/CPseudoTerminal"),
        .target(name: "PseudoTerminal", dependencies: ["CPseudoTerminal"], path: "Tests/PseudoTerminal"),
        .executableTarget(name: "TerminalProbe", dependencies: ["Screen", "Terminal"], path: "Tests/TerminalProbe"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "PseudoTerminal", "GGUFSamples", "HalfspaceCLI", "Dashboard", "Assets", "TemporaryFiles",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
