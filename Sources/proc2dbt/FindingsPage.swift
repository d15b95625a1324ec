import ArgumentParser
struct FindingsPage: ParsableCommand {}
