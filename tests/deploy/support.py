"""What the tests of deploy/ share: where things are, programs that may be missing, and ctest's way to skip."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BINARY = os.environ.get("TRIPMIG_BINARY", str(ROOT / "build-dev" / "tripmig"))
TOOLS = ROOT / "build-peers" / "deploy"
SKIPPED = 77

# Exit codes after which the same command is run again (docs/exit-codes.md), 9 as well: the tables that failed are few, and
# trying them again does no harm.
TRY_AGAIN = {5, 6, 8, 9, 11, 130, 143}


def tool(name):
    """The path of a program that scripts/deploy-tools fetches, else the machine's own; without one the test is skipped."""
    path = os.pathsep.join([str(TOOLS / "bin"), os.environ["PATH"]])
    found = shutil.which(name, path=path)
    if not found:
        raise unittest.SkipTest(f"there is no {name} here; scripts/deploy-tools fetches it where there is npm and apt-get")
    return found


def run(*command, **options):
    """Output and errors as text; the caller looks at the exit code."""
    command = [str(part) for part in command]
    return subprocess.run(command, text=True, capture_output=True, timeout=options.pop("timeout", 60), **options)


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document]


def read_yaml(path):
    return yaml.safe_load(pathlib.Path(path).read_text(encoding="utf-8"))


def exit_codes():
    """All exit codes of docs/exit-codes.md."""
    codes = set()
    for line in (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8").splitlines():
        first = line.split("|")[1].strip() if line.startswith("| ") else ""
        codes.update(int(word) for word in first.split(",") if word.strip().isdigit())
    return codes


def yaml_blocks(page):
    """The YAML blocks of a page: their texts; by the path in the first line's comment, where there is one."""
    blocks, lines = [], None
    for line in (ROOT / page).read_text(encoding="utf-8").splitlines():
        if lines is None and line.startswith("```yaml"):
            lines = []
        elif lines is not None and line == "```":
            first = lines[0][2:] if lines and lines[0].startswith("# ") else ""
            blocks.append((first if "/" in first and " " not in first else None, "\n".join(lines) + "\n"))
            lines = None
        elif lines is not None:
            lines.append(line)
    return blocks


def main():
    """As unittest.main(), but a program of which every test was skipped ends with ctest's code for that."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if result.skipped and result.testsRun <= len(result.skipped) else 0)  # a module that is skipped runs none
