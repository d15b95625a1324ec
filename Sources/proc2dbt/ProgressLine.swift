import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// One line on the terminal that says what is being done; nothing where standard error is no terminal.
struct ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// Replaces the line.
    func show(_ text: String) {
        guard isTerminal else { return }
        writeToStandardError("\r\u{1B}[K\(String(text.prefix(width - 1)))")
    }

    /// Takes the line away, before anything else is printed.
    func clear() {
        guard isTerminal else { return }
        writeToStandardError("\r\u{1B}[K")
    }

    // A line that wraps could not be taken back.
    private var width: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) : 80
    }
}
