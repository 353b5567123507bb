#!/usr/bin/python3
"""deploy/prometheus and deploy/grafana: every alert fires when it should and only then, every metric is one that is written.

The last test is the whole way: tripmig, its metrics file, node exporter, Prometheus with these rules, the dashboard's queries."""
import functools
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import yaml

import alert_cases
from support import BINARY, DEPLOY, ROOT, main, read_yaml, run, tool

RULES = [DEPLOY / "prometheus/alerts.yml", DEPLOY / "prometheus/alerts-kubernetes.yml"]
DASHBOARD = DEPLOY / "grafana/tripmig.json"


def alerts():
    return [rule for path in RULES for group in read_yaml(path)["groups"] for rule in group["rules"]]


def dashboard_queries():
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$instance", ".*").replace("$command", ".*")


def metric_names(expression):
    """The metrics of an expression: what remains without labels, strings and the lists of by, on and the like."""
    bare = re.sub(r"\{[^}]*\}|\"[^\"]*\"|\b(by|on|without|ignoring)\s*\([^)]*\)|\[[^\]]*\]", " ", expression)
    return set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", bare))


def maintain_a_table():
    """What is written of each partitioned table. A file of its own: the other one's maintain never succeeded."""
    policies = folder / "partitions"
    policies.mkdir()
    (policies / "events.toml").write_text('table = "events"\nkey = "at"\ninterval = "1 month"\n')
    sql = "CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at)"
    assert run("psql", "--quiet", "--command", sql, os.environ["DATABASE_URL"]).returncode == 0
    environment = {**os.environ, "TRIPMIG_REPORT_METRICS_FILE": str(table_metrics)}
    for command in ("maintain", "status"):
        result = run(BINARY, "--quiet", "partition", command, "--partitions", policies, cwd=ROOT, env=environment)
        assert result.returncode == 0, result.stderr


def setUpModule():
    """A file that the binary wrote: a success, something pending, and a refusal."""
    global folder, metrics, table_metrics
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-deploy-"))
    folder.chmod(0o755)
    unittest.addModuleCleanup(shutil.rmtree, folder)
    metrics = folder / "textfile/tripmig.prom"
    metrics.parent.mkdir()
    table_metrics = folder / "table.prom"
    environment = {**os.environ, "TRIPMIG_REPORT_METRICS_FILE": str(metrics)}
    for code, command in [(3, "status --exit-code"), (0, "up"), (0, "status --exit-code"), (12, "partition maintain")]:
        result = run(BINARY, "--quiet", *command.split(), cwd=ROOT, env=environment)
        assert result.returncode == code, f"{command}: {result.returncode} {result.stderr}"
    maintain_a_table()


@functools.cache
def serve_metrics():
    """What `tripmig serve` answers, in a file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file = folder / "serve.prom"
    server = subprocess.Popen([BINARY, "--quiet", "serve", "--listen", f"127.0.0.1:{port}", "--partitions", folder / "partitions"], cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while "\ntripmig_up 1\n" not in (file.read_text() if file.exists() else ""):
            assert time.monotonic() < deadline, "it did not read the server"
            time.sleep(0.1)
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                    file.write_bytes(answer.read())
            except urllib.error.URLError:
                pass
    finally:
        server.terminate()
        assert server.wait(10) == 0
    return file


class Rules(unittest.TestCase):
    def test_they_parse(self):
        result = run(tool("promtool"), "check", "rules", *RULES)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_each_fires_when_it_should(self):
        promtool = tool("promtool")
        file = folder / "cases.yml"
        file.write_text(yaml.safe_dump({"rule_files": [str(path) for path in RULES], "evaluation_interval": f"{alert_cases.STEP}m",
                                        "tests": alert_cases.promtool_tests()}))
        result = run(promtool, "test", "rules", file)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        fires = {alert: {firing > 0 for name, _, _, firing in alert_cases.CASES if name == alert} for alert, *_ in alert_cases.CASES}
        self.assertEqual(fires, {rule["alert"]: {True, False} for rule in alerts()}, "each has a case of both kinds")

    def test_each_says_what_to_do(self):
        for rule in alerts():
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))
            self.assertEqual(set(rule["annotations"]), {"summary", "description"})

    def test_commands_in_them_exist(self):
        texts = [text for rule in alerts() for text in rule["annotations"].values()]
        commands = {command for text in texts for command in re.findall(r"`tripmig ([a-z]+(?: [a-z]+)?)", text)}
        self.assertTrue(commands)
        for command in commands:
            result = run(BINARY, *command.split(), "--help")
            self.assertEqual(result.returncode, 0, command)
            self.assertIn(f"Usage: tripmig {command} ", result.stdout)


class Metrics(unittest.TestCase):
    def written(self):
        return set(re.findall(r"^# TYPE (\w+) gauge$", metrics.read_text() + table_metrics.read_text() + serve_metrics().read_text(), re.M))

    def test_all_that_are_named_are_written(self):
        used = set().union(*(metric_names(rule["expr"]) for rule in alerts()), *(metric_names(query) for _, query in dashboard_queries()))
        ours = {name for name in used if name.startswith("tripmig_")}
        self.assertEqual(ours - self.written(), set())
        self.assertGreaterEqual(len(ours), 4)
        others = used - ours - alert_cases.KUBE_STATE_METRICS
        self.assertEqual(others, {"node_textfile_scrape_error"}, "the last test looks for that one in node exporter")
        for variable in json.loads(DASHBOARD.read_text())["templating"]["list"]:
            self.assertLessEqual(set(re.findall(r"tripmig_\w+", json.dumps(variable))), self.written())

    def test_the_page_names_them(self):
        page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
        self.assertEqual(set(re.findall(r"\btripmig_[a-z_]*[a-z]\b", page)), self.written())
        self.assertLessEqual({rule["alert"] for rule in alerts()}, set(re.findall(r"\bTripmig\w+", page)))

    def test_the_format(self):
        for file in (metrics, table_metrics, serve_metrics()):
            result = run(tool("promtool"), "check", "metrics", input=file.read_text())
            self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)


class Dashboard(unittest.TestCase):
    def test_the_form(self):
        dashboard = json.loads(DASHBOARD.read_text())
        panels = dashboard["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        taken = set()
        for panel in panels:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
            self.assertLessEqual(place["x"] + place["w"], 24)
            self.assertFalse(cells & taken, f"{panel['title']} lies on another panel")
            taken |= cells
            self.assertEqual(panel["datasource"], {"type": "prometheus", "uid": "${datasource}"})
        variables = {variable["name"] for variable in dashboard["templating"]["list"]}
        used = set(re.findall(r"\$\{?(\w+)\}?", json.dumps(panels))) - {"__all"}
        self.assertEqual(variables, used)


class WholeWay(unittest.TestCase):
    def test_from_the_binary_to_the_alert(self):
        ports = [free_port(), free_port()]
        prometheus, exporter = tool("prometheus"), tool("prometheus-node-exporter")
        # As docs/operations.md has it: node exporter's folder holds a link to tripmig's own.
        (folder / "exporter").mkdir()
        (folder / "exporter/tripmig.prom").symlink_to(metrics)
        config = folder / "prometheus.yml"
        config.write_text(yaml.safe_dump({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(path) for path in RULES],
            "scrape_configs": [{"job_name": "node", "static_configs": [{"targets": [f"127.0.0.1:{ports[0]}"]}]}]}))
        self.start(exporter, "--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={folder / 'exporter'}",
                   f"--web.listen-address=127.0.0.1:{ports[0]}")
        self.start(prometheus, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{ports[1]}")
        self.address = f"http://127.0.0.1:{ports[1]}"
        self.until(lambda: self.get("query", query='tripmig_last_run_exit_code{command="partition maintain"}')["result"])
        for title, query in dashboard_queries():
            self.assertTrue(self.get("query", query=query)["result"], title)
        scraped = {r["metric"]["__name__"] for r in self.get("query", query='{__name__=~"node_textfile_.*"}')["result"]}
        self.assertIn("node_textfile_scrape_error", scraped)
        wanted = {"TripmigRunFailed", "TripmigMaintainNeverSucceeded"}
        self.until(lambda: {alert["labels"]["alertname"] for alert in self.get("alerts")["alerts"]} >= wanted)
        found = {alert["labels"]["alertname"]: alert["annotations"]["summary"] for alert in self.get("alerts")["alerts"]}
        self.assertEqual(set(found), wanted)
        self.assertEqual(found["TripmigRunFailed"], f"The last `tripmig partition maintain` on 127.0.0.1:{ports[0]} ended with exit code 12.")

    def start(self, *command):
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)

    def get(self, what, **parameters):
        with urllib.request.urlopen(f"{self.address}/api/v1/{what}?{urllib.parse.urlencode(parameters)}", timeout=10) as answer:
            return json.load(answer)["data"]

    def until(self, condition, seconds=60):
        deadline = time.monotonic() + seconds
        while True:
            try:
                if condition():
                    return
            except (urllib.error.URLError, ConnectionError):
                pass  # it has not begun to listen
            self.assertLess(time.monotonic(), deadline, "it did not come")
            time.sleep(0.2)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()
