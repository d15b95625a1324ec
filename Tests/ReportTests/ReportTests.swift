import CLibxml2
import Foundation
import Testing
import Verification

@testable import Report

/// An outcome with every verdict, and text that XML and HTML cannot hold as it is.
private func sampleOutcome() -> VerificationOutcome {
    var outcome = VerificationOutcome(
        project: "dwh", source: "sample", seed: 7, startedAt: Date(timeIntervalSince1970: 1_700_000_000))
    outcome.engines = ["PostgreSQL": "18.6", "dbt": "1.11.16"]
    outcome.seconds = 12.3456
    var call = CallOutcome(number: 1, statement: "CALL dw.load('a & b')", command: "dbt build --select x")
    call.notices = ["bell \u{7} and \u{1B}[0m, end of CDATA ]]>, <b>"]
    call.originalSeconds = 1.5
    call.buildSeconds = 2
    var differing = RelationOutcome(
        model: "fct_sales", relation: "dw.sales", verdict: .differs("1 row \u{0}changed\nhere"))
    differing.samples = [
        SampleDifference(
            kind: .changed, key: ["id"],
            cells: [
                .init(column: "id", legacy: .text("1"), dbt: .text("1"), differs: false),
                .init(column: "text", legacy: .text("<\u{2}]]>\u{FFFE}&\r\n"), dbt: .null, differs: true),
            ])
    ]
    call.relations = [
        RelationOutcome(model: "dim_a", relation: "dw.a", verdict: .matched), differing,
        RelationOutcome(model: "dim_b", relation: "dw.b", verdict: .matchedWithRules(["loaded_at: null or not"])),
        RelationOutcome(model: "", relation: "dw.c", verdict: .refused("P2D-101")),
        RelationOutcome(model: "dim_a", relation: "dw.a", verdict: .matched),
    ]
    outcome.pipelines = [
        PipelineOutcome(entry: "dw.load", scenario: "first & last", calls: [call]),
        PipelineOutcome(entry: "dw.other", scenario: "default", stopped: .notRun("no arguments are known")),
    ]
    return outcome
}

@Suite struct JUnitReportTests {
    @Test func isWellFormedAndInTheOrderOfTheSchemas() throws {
        let document = try ParsedXML(JUnitReport.xml(sampleOutcome()))
        let root = try #require(document.root)
        #expect(root.name == "testsuites" && root.attributes.isEmpty)
        #expect(root.children.count == 2)
        for suite in root.children {
            let names = suite.children.map(\.name)
            let cases = names.filter { $0 == "testcase" }
            #expect(names == ["properties"] + cases + ["system-out", "system-err"])
        }
    }

    @Test func countersAreRight() throws {
        let root = try #require(try ParsedXML(JUnitReport.xml(sampleOutcome())).root)
        for suite in root.children {
            let cases = suite.children.filter { $0.name == "testcase" }
            #expect(suite.attributes["tests"] == String(cases.count))
            for (counter, element) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
                let count = cases.count { $0.children.contains { $0.name == element } }
                #expect(suite.attributes[counter] == String(count))
            }
            #expect(
                Set(cases.map { ($0.attributes["classname"] ?? "") + ($0.attributes["name"] ?? "") }).count
                    == cases.count)
        }
        #expect(root.children[0].attributes["timestamp"] == "2023-11-14T22:13:20")
        #expect(root.children[0].attributes["failures"] == "1" && root.children[0].attributes["skipped"] == "1")
        #expect(root.children[1].attributes["skipped"] == "1")
    }

    @Test func textSurvives() throws {
        let root = try #require(try ParsedXML(JUnitReport.xml(sampleOutcome())).root)
        let failure = try #require(root.children[0].children.flatMap(\.children).first { $0.name == "failure" })
        #expect(failure.attributes["message"] == "1 row \\u{0}changed here")
        #expect(failure.text.contains("bell \\u{7} and \\u{1B}[0m, end of CDATA ]]>, <b>"))
        #expect(failure.text.contains("text: '<\\u{2}]]>\\u{FFFE}&\\u{D}\n' -> NULL"))
        let out = try #require(root.children[0].children.first { $0.name == "system-out" })
        #expect(out.text.contains("dw.c = no model: refused (P2D-101)"))
    }

    @Test func staysBelowTheLimit() throws {
        var outcome = sampleOutcome()
        let huge = String(repeating: "&<\u{1}x", count: 20_000)
        let relations = (0..<400).map {
            RelationOutcome(model: "m\($0)", relation: "dw.t\($0)", verdict: .differs(huge))
        }
        outcome.pipelines[0].calls[0].relations = relations
        let xml = try JUnitReport.xml(outcome)
        #expect(xml.utf8.count < 30_000_000)
        #expect(try ParsedXML(xml).root?.children.first?.attributes["failures"] == "400")
    }

    @Test func anOutcomeWithoutPipelinesIsADocument() throws {
        let root = try ParsedXML(JUnitReport.xml(VerificationOutcome(project: "p", source: "s"))).root
        #expect(root?.name == "testsuites" && root?.children.isEmpty == true)
    }
}

@Suite struct HTMLReportTests {
    @Test func needsNothingFromOutside() {
        let page = HTMLReport.html(sampleOutcome())
        for forbidden in ["http:", "https:", "<script", "src=", "@import", "url("] {
            #expect(!page.contains(forbidden))
        }
    }

    @Test func escapesAndIsBalanced() throws {
        let page = HTMLReport.html(sampleOutcome())
        #expect(page.contains("CALL dw.load(&#39;a &amp; b&#39;)") || page.contains("CALL dw.load('a &amp; b')"))
        #expect(!page.unicodeScalars.contains("\u{7}"))
        // The page is written so that it is XML, too, but for the doctype and the two void elements.
        let body = try #require(page.range(of: "<body>"))
        _ = try ParsedXML(String(page[body.lowerBound...]).replacing("</html>", with: ""))
    }

    @Test func saysNoMoreThanWasRun() {
        var outcome = sampleOutcome()
        outcome.pipelines.removeFirst()
        let page = HTMLReport.html(outcome)
        #expect(page.contains("not compared in full"))
        #expect(!page.contains("give the same rows"))
    }
}

@Suite struct JSONReportTests {
    @Test func holdsTheVerdictsAndCounts() throws {
        let json = try JSONSerialization.jsonObject(with: JSONReport.json(sampleOutcome())) as? [String: Any]
        #expect(json?["parity"] as? Bool == false)
        #expect((json?["verdict"] as? [String: Any])?["word"] as? String == "differs")
        let counts = try #require(json?["counts"] as? [[String: Any]])
        #expect(counts.compactMap { $0["count"] as? Int } == [0, 2, 1, 1, 1, 1])
    }
}

/// A document read back with libxml2, as a tree of values.
private struct ParsedXML {
    struct Element {
        var name: String
        var attributes: [String: String]
        var children: [Element]
        var text: String
    }
    struct NotWellFormed: Error {}
    var root: Element?

    init(_ text: String) throws {
        let bytes = Array(text.utf8CString)
        let flags = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue | XML_PARSE_NOERROR.rawValue)
        guard let document = xmlReadMemory(bytes, Int32(bytes.count - 1), nil, "UTF-8", flags) else {
            throw NotWellFormed()
        }
        defer { xmlFreeDoc(document) }
        root = xmlDocGetRootElement(document).map(Self.read)
    }

    private static func read(_ node: xmlNodePtr) -> Element {
        var element = Element(name: string(node.pointee.name), attributes: [:], children: [], text: "")
        var attribute = node.pointee.properties
        while let one = attribute {
            element.attributes[string(one.pointee.name)] = content(one.pointee.children)
            attribute = one.pointee.next
        }
        element.text = content(node.pointee.children)
        var child = node.pointee.children
        while let one = child {
            if one.pointee.type == XML_ELEMENT_NODE { element.children.append(read(one)) }
            child = one.pointee.next
        }
        return element
    }

    /// The text of a list of siblings; the parser has resolved all character references.
    private static func content(_ first: xmlNodePtr?) -> String {
        var text = ""
        var node = first
        while let one = node {
            if one.pointee.type == XML_TEXT_NODE { text += string(one.pointee.content) }
            node = one.pointee.next
        }
        return text
    }

    private static func string(_ text: UnsafePointer<xmlChar>?) -> String {
        text.map { String(decodingCString: $0, as: UTF8.self) } ?? ""
    }
}
