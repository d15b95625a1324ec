"""Writes what `dbt build` or `dbt test` did as JUnit XML, which CI systems show.

    python ci/junit.py target/run_results.json junit.xml
"""

import json
import sys
import xml.etree.ElementTree as ElementTree

# dbt's words for what went wrong; a test that only warns has passed.
ERRORS = {"error": "error", "runtime error": "error", "fail": "failure"}


def report(results):
    """One case for each node, in a suite for each kind of node."""
    root = ElementTree.Element("testsuites", name="dbt")
    suites = {}
    for result in results["results"]:
        kind, _, name = result["unique_id"].split(".", 2)
        if kind not in suites:
            suites[kind] = ElementTree.SubElement(root, "testsuite", name=kind)
        case = ElementTree.SubElement(
            suites[kind], "testcase", classname=kind, name=name,
            time=f"{result.get('execution_time', 0):.3f}",
        )
        status = result["status"]
        if status in ERRORS:
            problem = ElementTree.SubElement(case, ERRORS[status], message=status)
            problem.text = result.get("message") or ""
        elif status == "skipped":
            ElementTree.SubElement(case, "skipped")
    for suite in suites.values():
        suite.set("tests", str(len(suite)))
        for kind, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            suite.set(plural, str(len(suite.findall(f"testcase/{kind}"))))
    return root


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        root = report(json.load(file))
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(target, encoding="utf-8", xml_declaration=True)


if __name__ == "__main__":
    main()
