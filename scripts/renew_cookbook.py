"""Writes docs/cookbook.md and the README's example anew from what the program makes of their procedures.

Usage: python3 scripts/renew_cookbook.py PATH_TO_BINARY (tests compare the pages with the program's output).
"""

import pathlib
import re
import subprocess
import sys
import tempfile

binary = pathlib.Path(sys.argv[1]).resolve()
root = pathlib.Path(__file__).resolve().parent.parent


def block(mark: str, text: str) -> str:
    start = text.index(mark) + len(mark)
    return text[start : text.index("```", start)]


def extract(sql: str) -> pathlib.Path:
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "in.sql").write_text(sql)
    subprocess.run([binary, "extract", "in.sql", "--out", "out"], cwd=folder, capture_output=True, check=False)
    return folder / "out" / "dbt"


cookbook = root / "docs" / "cookbook.md"
sections = cookbook.read_text().split("\n## ")
tables = block("```sql\n", sections[0])
for number, section in enumerate(sections[1:], start=1):
    project = extract(tables + block("```sql\n", section))
    for path in re.findall(r"`(models/[^`]+)`:\n\n", section):
        at = section.index(f"`{path}`:\n\n")
        old = block("```sql+jinja\n", section[at:])
        section = section[:at] + section[at:].replace(old, (project / path).read_text(), 1)
    sections[number] = section
cookbook.write_text("\n## ".join(sections))
