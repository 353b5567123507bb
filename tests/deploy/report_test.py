#!/usr/bin/python3
"""The report in a browser: on a phone, in the dark, by a screen reader's rules, without a script and without the network.

REPORT_SHOTS=FOLDER keeps a picture of each page, to be looked at."""
import json
import os
import pathlib
import shutil
import statistics
import tempfile
import unittest

from support import BINARY, TOOLS, main, run, tool

PHONE, DESK = 375, 1280


def setUpModule():
    """All pages are opened by one browser: its start takes most of the time."""
    global seen, folder
    chromium, node, driver = tool("chromium"), tool("node"), TOOLS / "bin/browser-driver"
    if not driver.exists():
        raise unittest.SkipTest("there is no browser-driver here; scripts/deploy-tools fetches it where there is npm")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-report-"))
    unittest.addModuleCleanup(shutil.rmtree, folder)
    assert run(os.environ["REPORT_PAGES"], folder).returncode == 0
    write_own_page()
    shots = os.environ.get("REPORT_SHOTS")
    jobs = []
    for page, width, dark, loads in [("small", PHONE, False, 1), ("small", DESK, True, 1), ("korean", PHONE, False, 1), ("hostile", PHONE, True, 1),
                                     ("own", PHONE, False, 1), ("small", DESK, False, 1), ("large", DESK, False, 3)]:
        name = f"{page}-{width}-{'dark' if dark else 'light'}"
        jobs.append({"name": name, "url": (folder / f"{page}.html").as_uri(), "width": width, "dark": dark, "loads": loads, "axe": page != "large",
                     "shot": f"{shots}/{name}.png" if shots else None})
    result = run(node, pathlib.Path(__file__).with_name("report_browser.mjs"), os.path.realpath(driver), chromium, folder / "profile",
                 input=json.dumps(jobs), timeout=240, env={**os.environ, "HOME": str(folder)})
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout)


def write_own_page():
    """What the binary makes of a server."""
    project = folder / "project"
    (project / "migrations").mkdir(parents=True)
    (project / "partitions").mkdir()
    (project / "migrations/V1__events.sql").write_text("CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);\n")
    (project / "partitions/events.toml").write_text('table = "events"\nkey = "at"\ninterval = "1 month"\n')
    for command in (["up"], ["partition", "maintain"], ["report", "--html", folder / "own.html"]):
        result = run(BINARY, "--quiet", *command, cwd=project)
        assert result.returncode == 0, f"{command}: {result.stderr}"


class Pages(unittest.TestCase):
    def each(self):
        for name, page in seen.items():
            with self.subTest(name):
                yield name, page

    def test_no_script_no_error_no_network(self):
        for name, page in self.each():
            self.assertEqual(page["console"], [])
            self.assertEqual(page["scripts"], 0)
            self.assertEqual([url for url in page["requests"] if not url.startswith(("file:", "data:"))], [])
            self.assertEqual(len([url for url in page["requests"] if url.startswith("file:")]), len(page["load"]))

    def test_it_fits_its_width(self):
        for name, page in self.each():
            self.assertLessEqual(page["scroll_width"], int(name.split("-")[1]))

    def test_dark_is_dark(self):
        self.assertNotEqual(seen[f"small-{DESK}-dark"]["background"], seen[f"small-{DESK}-light"]["background"])

    def test_axe_finds_nothing_serious(self):
        self.assertGreater(len([page for page in seen.values() if page["violations"] is not None]), 4)
        for name, page in self.each():
            self.assertEqual([each for each in page["violations"] or [] if each["impact"] in ("serious", "critical")], [])

    def test_there_is_a_bar_for_each_partition(self):
        # 40 and 20 partitions and a DEFAULT: each has a mark, rows above it unless it is empty, and bytes below it.
        self.assertEqual(seen[f"small-{PHONE}-light"]["bars"], 3 * 40 - 3 + 3 * 20 - 3 + 3)

    def test_ten_thousand_partitions_are_there_within_a_second(self):
        load = seen[f"large-{DESK}-light"]["load"]
        self.assertEqual(len(load), 3)
        self.assertLess(statistics.median(load), 1000)


if __name__ == "__main__":
    main()
