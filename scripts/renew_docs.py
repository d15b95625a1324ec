#!/usr/bin/env python3
"""Pastes what the program writes today into README.md and docs/cookbook.md: their examples are tested to be its own.

    scripts/renew_docs.py [--program PATH]
"""

import argparse
import pathlib
import re
import subprocess
import tempfile

PACKAGE = pathlib.Path(__file__).resolve().parents[1]


def block(mark, text, start=0):
    """Where the text of a code block begins and ends."""
    begin = text.index(mark, start) + len(mark)
    return begin, text.index("```", begin)


def converted(program, source, paths):
    """The files of the project that the program makes of a source."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "in.sql").write_text(source)
        subprocess.run([program, "extract", "in.sql", "--out", "out"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return {path: (pathlib.Path(folder) / "out/dbt" / path).read_text() for path in paths}


def renew_readme(program):
    file = PACKAGE / "README.md"
    text = file.read_text()
    begin, end = block("```sql\n", text)
    path = "models/marts/dw/fct_sales_by_day.sql"
    model = converted(program, text[begin:end], [path])[path]
    begin, end = block("```sql+jinja\n", text)
    file.write_text(text[:begin] + model + text[end:])


def renew_cookbook(program):
    file = PACKAGE / "docs/cookbook.md"
    sections = file.read_text().split("\n## ")
    begin, end = block("```sql\n", sections[0])
    tables = sections[0][begin:end]
    for number, section in enumerate(sections[1:], 1):
        begin, end = block("```sql\n", section)
        paths = re.findall(r"`(models/[^`]+)`:\n\n", section)
        models = converted(program, tables + section[begin:end], paths)
        for path, model in models.items():
            begin, end = block("```sql+jinja\n", section, section.index(f"`{path}`:"))
            section = section[:begin] + model + section[end:]
        sections[number] = section
    file.write_text("\n## ".join(sections))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(PACKAGE / ".build/debug/proc2dbt"))
    program = str(pathlib.Path(parser.parse_args().program).resolve())
    renew_readme(program)
    renew_cookbook(program)


if __name__ == "__main__":
    main()
