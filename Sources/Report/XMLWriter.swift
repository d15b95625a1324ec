import CLibxml2

/// What went wrong while writing a report.
public enum ReportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// libxml2 refused to write; in practice there is no memory left.
    case cannotWrite(String)

    /// One line for a person.
    public var description: String {
        switch self {
        case .cannotWrite(let what): "cannot write \(what)"
        }
    }
}

/// A well-formed XML document in memory, through libxml2's writer, which does all the escaping.
struct XMLWriter: ~Copyable {
    private let writer: xmlTextWriterPtr
    private let buffer: xmlBufferPtr

    /// Starts a UTF-8 document with two blanks an indentation level.
    init() throws(ReportError) {
        guard let buffer = xmlBufferCreate() else { throw .cannotWrite("XML: no memory") }
        guard let writer = xmlNewTextWriterMemory(buffer, 0),
            xmlTextWriterStartDocument(writer, nil, "UTF-8", nil) >= 0
        else {
            xmlBufferFree(buffer)
            throw .cannotWrite("XML: no memory")
        }
        xmlTextWriterSetIndent(writer, 1)
        xmlTextWriterSetIndentString(writer, "  ")
        self.buffer = buffer
        self.writer = writer
    }

    deinit {
        xmlFreeTextWriter(writer)
        xmlBufferFree(buffer)
    }

    /// Writes an element with attributes (in the given order) and whatever `content` writes.
    func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
        content: () throws(ReportError) -> Void = {}
    ) throws(ReportError) {
        try startElement(name, attributes)
        try content()
        try endElement()
    }

    /// Opens an element; `endElement` closes it.
    func startElement(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) throws(ReportError) {
        try check(xmlTextWriterStartElement(writer, name))
        for (attribute, value) in attributes {
            try check(xmlTextWriterWriteAttribute(writer, attribute, XMLText.printable(value)))
        }
    }

    /// Closes the element that was opened last.
    func endElement() throws(ReportError) {
        try check(xmlTextWriterEndElement(writer))
    }

    /// Writes text inside the current element.
    func text(_ text: String) throws(ReportError) {
        try check(xmlTextWriterWriteString(writer, XMLText.printable(text)))
    }

    /// Ends the document and returns it.
    consuming func finish() throws(ReportError) -> String {
        try check(xmlTextWriterEndDocument(writer))
        xmlTextWriterFlush(writer)
        guard let content = xmlBufferContent(buffer) else { throw .cannotWrite("XML: no memory") }
        return String(decodingCString: content, as: UTF8.self)
    }

    private func check(_ result: Int32) throws(ReportError) {
        guard result >= 0 else { throw .cannotWrite("XML") }
    }
}
