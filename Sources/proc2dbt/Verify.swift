import ArgumentParser
struct Verify: ParsableCommand {}
struct Demo: ParsableCommand {}
struct Findings: ParsableCommand {}
