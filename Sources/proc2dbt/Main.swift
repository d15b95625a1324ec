import ArgumentParser

@main
struct Proc2dbt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "proc2dbt")
}
