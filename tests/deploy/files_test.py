#!/usr/bin/python3
"""docker-compose.yml, deploy/Dockerfile, units, the GitHub Action, pre-commit hooks and GitLab jobs: what they name exists, and
their commands run."""
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

import yaml

import manifests
from support import BINARY, DEPLOY, ROOT, main, read_yaml, run, yaml_blocks

# The operations guide, "PostgreSQL 설정 최적화".
GUIDE = {"shared_buffers": "512MB", "effective_cache_size": "2GB", "work_mem": "32MB", "maintenance_work_mem": "128MB",
         "checkpoint_completion_target": "0.9", "wal_buffers": "32MB", "max_connections": "200"}
PAGES = ["docs/deploy.md", "docs/kubernetes.md", "docs/operations.md"]


def needs(program):
    if not shutil.which(program):
        raise unittest.SkipTest(f"there is no {program} here")


def known_packages(names):
    """Those that Debian does not know; none where apt has no lists."""
    needs("apt-cache")
    found = run("apt-cache", "policy", *sorted(names)).stdout
    if "Candidate: " not in found:
        raise unittest.SkipTest("apt has no lists here: apt-get update")
    return set(re.findall(r"^(\S+):\n  Installed: .*\n  Candidate: (?!\(none\))", found, re.M))


class Project(unittest.TestCase):
    """A small project in a folder, `tripmig` on the PATH."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-deploy-"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("migrations", "partitions", "bin", "runner"):
            (self.folder / name).mkdir()
        (self.folder / "migrations/V1__events.sql").write_text(
            "CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);\nCREATE TABLE orders (id bigint);\n")
        (self.folder / "migrations/U1__events.sql").write_text("DROP TABLE events, orders;\n")
        (self.folder / "partitions/events.toml").write_text('table = "events"\nkey = "at"\ninterval = "1 month"\n')
        (self.folder / "bin/tripmig").symlink_to(os.path.realpath(BINARY))
        self.environment = {**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "NO_COLOR": "1"}

    def dangerous(self):
        (self.folder / "migrations/V2__index.sql").write_text("CREATE INDEX orders_id ON orders (id);\n")
        (self.folder / "migrations/U2__index.sql").write_text("SELECT 1;\n")

    def program(self, name, text):
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def shell(self, text, **environment):
        return run("bash", "-e", "-o", "pipefail", "-c", text, cwd=self.folder, env={**self.environment, **environment}, timeout=120)


class Compose(unittest.TestCase):
    def setUp(self):
        self.compose = read_yaml(ROOT / "docker-compose.yml")
        self.db, self.tripmig = self.compose["services"]["db"], self.compose["services"]["tripmig"]

    def test_what_it_names_exists(self):
        self.assertEqual(set(self.compose), {"services", "secrets", "volumes"})
        build = self.tripmig["build"]
        self.assertTrue((ROOT / build["context"] / build["dockerfile"]).is_file())
        used = set()
        for name, service in self.compose["services"].items():
            for volume in service["volumes"]:
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue((ROOT / source).is_dir(), f"{name}: {source}")
                else:
                    self.assertIn(source, self.compose["volumes"])
            for secret in service["secrets"]:
                self.assertIn(secret, self.compose["secrets"])
                used.add(secret)
            for variable, value in service["environment"].items():
                if variable.endswith("_FILE"):
                    self.assertIn(value.removeprefix("/run/secrets/"), service["secrets"])
                self.assertFalse(variable.endswith("PASSWORD"), f"{variable} in the environment of {name}")
        self.assertEqual(used, set(self.compose["secrets"]))
        self.assertEqual(self.tripmig["depends_on"], {"db": {"condition": "service_healthy"}})

    def test_the_folder_of_secrets_stays_out(self):
        folders = {str(pathlib.Path(secret["file"]).parent) for secret in self.compose["secrets"].values()}
        self.assertEqual(folders, {"deploy/secrets"})
        self.assertIn("deploy/secrets", (ROOT / ".dockerignore").read_text().split())
        self.assertIn("/deploy/secrets/", (ROOT / ".gitignore").read_text().split())

    def test_the_first_lines_make_the_secrets(self):
        text = (ROOT / "docker-compose.yml").read_text()
        lines = re.findall(r"^#   (mkdir .*|\(umask .*)$", text, re.M)
        self.assertEqual(len(lines), 2)
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "deploy").mkdir()
            result = run("bash", "-e", "-c", "\n".join(lines), cwd=folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            for secret in self.compose["secrets"].values():
                path = pathlib.Path(folder) / secret["file"]
                self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o444, "the containers' users are not its owner")
                self.assertGreater(len(path.read_text()), 30)
            self.assertEqual(stat.S_IMODE((pathlib.Path(folder) / "deploy/secrets").stat().st_mode), 0o700)

    def test_a_server_starts_with_its_parameters(self):
        command = self.db["command"]
        self.assertEqual(command[0], "postgres")
        self.assertEqual(set(command[1::2]), {"-c"})
        settings = dict(value.split("=", 1) for value in command[2::2])
        self.assertEqual(settings, GUIDE)
        options = [part for setting in settings.items() for part in ("--setting", "=".join(setting))]
        shown = run(BINARY, "sandbox", "run", *options, "--", "psql", "-Atc",
                    f"SELECT name, current_setting(name) FROM pg_settings WHERE name IN ({', '.join(repr(n) for n in settings)})")
        self.assertEqual(dict(line.split("|") for line in shown.stdout.splitlines()), GUIDE, shown.stderr)

    def test_the_same_server_as_the_project_is_for(self):
        self.assertEqual(self.db["image"], "postgres:15")
        self.assertIn("/docker-entrypoint-initdb.d", "".join(self.db["volumes"]))
        self.assertEqual({path.suffix for path in (DEPLOY / "postgres-init").iterdir()}, {".sql"})


class Dockerfile(unittest.TestCase):
    def setUp(self):
        text = (DEPLOY / "Dockerfile").read_text()
        text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.M))
        self.stages, self.text = [], text
        for line in text.splitlines():
            word, _, rest = line.partition(" ")
            if word == "FROM":
                base, _, name = rest.partition(" AS ")
                self.stages.append((name, base, []))
            elif word:
                self.stages[-1][2].append((word, rest.strip()))

    def test_stages(self):
        self.assertEqual([(name, base) for name, base, _ in self.stages],
                         [("build", "debian:12"), ("tripmig", "debian:12-slim"), ("trip", "tripmig"), ("", "tripmig")])
        self.assertEqual(self.stages[-1][2], [], "the last stage is the generic one")

    def test_what_is_copied_exists_and_the_service_s_sql_is_in_its_own_stage(self):
        copied = {name: [rest.split()[0] for word, rest in lines if word == "COPY"] for name, _, lines in self.stages}
        self.assertEqual(copied, {"build": ["."], "tripmig": ["--from=build"], "trip": ["migrations", "partitions"], "": []})
        for source in copied["trip"]:
            self.assertTrue((ROOT / source).is_dir())

    def test_packages(self):
        packages = set()
        for command in re.findall(r"apt-get install -y --no-install-recommends ([^&\n]+)", self.text):
            packages |= {name for name in command.split() if not name.startswith("/")}
        setup = (ROOT / "scripts/setup").read_text()
        listed = set(re.search(r"^packages=\(\n(.*?)^\)", setup, re.M | re.S).group(1).split()) - {"doctest-dev"}
        self.assertEqual(packages - {"file", "dpkg-dev"}, listed, "what a build needs, and what cpack needs")
        self.assertEqual(packages - known_packages(packages), set())

    def test_the_build_s_words(self):
        needs("cmake")
        presets = run("cmake", "--list-presets", cwd=ROOT).stdout
        for preset in re.findall(r"cmake --preset (\w+)", self.text):
            self.assertIn(f'"{preset}"', presets)
        for option in re.findall(r"-D(\w+)=", self.text):
            self.assertIn(f"option({option} ", (ROOT / "CMakeLists.txt").read_text())
        packaging = (ROOT / "cmake/Packaging.cmake").read_text()
        self.assertIn("install(TARGETS tripmig RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})", packaging)
        self.assertIn("CPACK_GENERATOR DEB", packaging)


class Units(unittest.TestCase):
    def test_systemd_reads_them(self):
        needs("systemd-analyze")
        with tempfile.TemporaryDirectory() as folder:
            for path in (DEPLOY / "systemd").glob("*.*"):
                text = path.read_text().replace("/usr/bin/tripmig", os.path.realpath(BINARY))
                (pathlib.Path(folder) / path.name).write_text(text)
            units = sorted(str(path) for path in pathlib.Path(folder).iterdir() if path.suffix in (".service", ".timer"))
            result = run("systemd-analyze", "verify", "--recursive-errors=no", "--man=no", *units)
            said = [line for line in result.stderr.splitlines() if folder in line or "tripmig" in line]
            self.assertEqual((result.returncode, said), (0, []), result.stderr)
            for unit in units:
                if unit.endswith(".service"):
                    result = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
                    level = float(re.search(r"exposure level for \S+: ([0-9.]+)", result.stdout).group(1))
                    self.assertLess(level, 2.0, unit)
            bad = pathlib.Path(folder) / "bad.service"
            bad.write_text("[Service]\nType=oneshot\nExecStart=/bin/true\nProtectSytem=strict\n")
            self.assertIn("ProtectSytem", run("systemd-analyze", "verify", "--recursive-errors=no", bad).stderr, "it sees mistakes")

    def test_each_timer_has_its_service_and_keeps_off_the_maintenance_hour(self):
        for timer in (DEPLOY / "systemd").glob("*.timer"):
            service = timer.with_suffix(".service").read_text()
            self.assertIn("Type=oneshot", service)
            (calendar,) = re.findall(r"^OnCalendar=(.*)$", timer.read_text(), re.M)
            self.assertTrue(calendar.endswith(" UTC"))
            longest = {"2h": 7200, "5min": 300}[re.search(r"^TimeoutStartSec=(.*)$", service, re.M).group(1)]
            longest += {"5min": 300, "1min": 60}[re.search(r"^RandomizedDelaySec=(.*)$", timer.read_text(), re.M).group(1)]
            needs("systemd-analyze")
            shown = run("systemd-analyze", "calendar", "--iterations=48", calendar)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            times = re.findall(r"\d{4}-\d\d-\d\d (\d\d):(\d\d):00 UTC", shown.stdout)
            self.assertTrue(times)
            for hour, minute in times:
                self.assertEqual(list(manifests.check_hours(f"{int(minute)} {int(hour)} * * *", "Etc/UTC", longest)), [])

    def test_the_user(self):
        needs("systemd-sysusers")
        result = run("systemd-sysusers", "--dry-run", DEPLOY / "systemd/tripmig.sysusers.conf")
        self.assertEqual(result.returncode, 0, result.stderr)
        for service in (DEPLOY / "systemd").glob("*.service"):
            self.assertIn("\nUser=tripmig\n", service.read_text())


class GitHubAction(Project):
    def setUp(self):
        super().setUp()
        self.path = DEPLOY / "github-action"
        self.action = read_yaml(self.path / "action.yml")
        self.text = (self.path / "action.yml").read_text()

    def play(self, inputs, event="pull_request", only=None):
        """All steps whose condition holds, as a runner does, or these of them; the exit code of each."""
        values = {name: declared["default"] for name, declared in self.action["inputs"].items()}
        values.update(inputs)
        known = {f"inputs.{name}": value for name, value in values.items()}
        known.update({"github.event.pull_request.number": "7", "github.token": "token", "github.event_name": event})
        resolve = lambda text: re.sub(r"\$\{\{ (.+?) \}\}", lambda match: resolve(known[match.group(1)]), text)
        failed, codes, self.output = False, {}, ""
        for step in self.action["runs"]["steps"]:
            conditions = step.get("if", "success()").split(" && ")
            if "!cancelled()" not in conditions and failed:
                continue
            comparisons = [re.fullmatch(r"(\S+) == '(.*)'", c) for c in conditions if c not in ("!cancelled()", "success()")]
            if not all(resolve(known[c.group(1)]) == c.group(2) for c in comparisons) or (only and step["name"] not in only):
                continue
            environment = {name: resolve(value) for name, value in step.get("env", {}).items()}
            environment.update(GITHUB_ACTION_PATH=str(self.path), RUNNER_TEMP=str(self.folder / "runner"), GITHUB_REPOSITORY="owner/shop",
                               GITHUB_STEP_SUMMARY=str(self.folder / "summary.md"))
            self.assertEqual(step["shell"], "bash")
            folder = resolve(step.get("working-directory", "."))
            result = self.shell(f"cd '{folder}'\n{step['run']}", **environment)
            self.output += result.stdout + result.stderr
            codes[step["name"]] = result.returncode
            failed = failed or result.returncode != 0
        return codes

    def test_its_words(self):
        used = set(re.findall(r"inputs\.([\w-]+)", self.text))
        self.assertEqual(used, set(self.action["inputs"]))
        for script in re.findall(r"GITHUB_ACTION_PATH/(\w+)", self.text):
            self.assertTrue(os.access(self.path / script, os.X_OK), script)
        # What somebody else wrote, a branch's name for one, never becomes part of a script.
        for step in self.action["runs"]["steps"]:
            self.assertNotIn("${{", step["run"])

    def test_good_migrations(self):
        self.assertEqual(self.play({}), {"Install": 0, "Lint": 0, "Rehearse": 0}, self.output)
        self.assertIn("went up, down and up again", (self.folder / "summary.md").read_text())

    def test_dangerous_migrations_and_the_comment(self):
        """The comment is made once and then edited."""
        needs("jq")
        self.program("gh", f"""#!/usr/bin/env bash
            echo "$@" >>{self.folder}/asked
            case "$*" in *--paginate*) cat {self.folder}/former ;; *--input*) cp "${{@: -2:1}}" {self.folder}/sent.json ;; esac\n""")
        (self.folder / "former").write_text("")
        self.dangerous()
        self.assertEqual(self.play({"comment": "true"}), {"Install": 0, "Lint": 4, "Rehearse": 10, "Comment": 0}, self.output)
        self.assertRegex(self.output, r"::error file=migrations/V2__index.sql,line=1")
        self.assertIn("index orders_id", (self.folder / "summary.md").read_text())
        self.assertIn("api --method POST repos/owner/shop/issues/7/comments --input", (self.folder / "asked").read_text())
        body = yaml.safe_load((self.folder / "sent.json").read_text())["body"]
        self.assertTrue(body.startswith("<!-- tripmig rehearse -->\n"))
        self.assertIn("writers of orders", body)
        (self.folder / "former").write_text("1234\n")
        self.play({"comment": "true"}, only=["Comment"])
        self.assertIn("api --method PATCH repos/owner/shop/issues/comments/1234 --input", (self.folder / "asked").read_text())
        self.assertNotIn("Comment", self.play({"comment": "true"}, event="push", only=["Comment"]))
        self.program("gh", "#!/bin/sh\nexit 1\n")
        self.assertEqual(self.play({"comment": "true"}, only=["Comment"])["Comment"], 0)
        self.assertIn("::warning::tripmig: cannot read the comments", self.output)

    def test_install_asks_for_what_is_missing(self):
        if os.geteuid() != 0:
            raise unittest.SkipTest("it would ask sudo")
        self.program("apt-get", f'#!/bin/sh\necho "$@" >>{self.folder}/apt\n')
        self.program("mkdir", "#!/bin/sh\n"), self.program("tee", "#!/bin/sh\n")
        (self.folder / "tripmig_0.1.0_amd64.deb").write_text("")
        self.play({"package": "tripmig_0.1.0_amd64.deb"}, only=["Install"])
        asked = (self.folder / "apt").read_text().splitlines()
        self.assertEqual(asked[0], "update --quiet")
        self.assertIn(f"{self.folder.resolve()}/tripmig_0.1.0_amd64.deb", asked[1])
        codes = self.play({"package": "no.deb", "rehearse": "false"})
        self.assertEqual(codes, {"Install": 1})
        self.assertIn("::error::There is no file no.deb", self.output)

    def test_workflows_in_the_pages(self):
        used = []
        for page in PAGES:
            for _, text in yaml_blocks(page):
                for document in yaml.safe_load_all(text):
                    for job in (document or {}).get("jobs", {}).values():
                        used += [step for step in job["steps"] if "/deploy/github-action@" in step.get("uses", "")]
        self.assertTrue(used)
        for step in used:
            self.assertLessEqual(set(step.get("with", {})), set(self.action["inputs"]))


class PreCommit(Project):
    def test_hooks(self):
        hooks = read_yaml(ROOT / ".pre-commit-hooks.yaml")
        self.assertEqual([hook["id"] for hook in hooks], ["tripmig-lint", "tripmig-rehearse"])
        for hook in hooks:
            self.assertEqual((hook["language"], hook["pass_filenames"]), ("system", False))
            self.assertTrue(re.search(hook["files"], "db/migrations/V1__a.sql"))
            self.assertFalse(re.search(hook["files"], "src/main.cpp"))
        # With the arguments that a project may add, as pre-commit appends them.
        result = self.shell(hooks[0]["entry"] + " --migrations migrations")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual([hooks[1]["entry"]], read_yaml(DEPLOY / "ci/gitlab-ci.yml")["tripmig-rehearse"]["script"], "GitLab's is run")
        self.dangerous()
        self.assertEqual(self.shell(hooks[0]["entry"]).returncode, 4)
        for page in PAGES:
            for _, text in yaml_blocks(page):
                for repository in (yaml.safe_load(text) or {}).get("repos", []):
                    self.assertLessEqual({hook["id"] for hook in repository["hooks"]}, {hook["id"] for hook in hooks})


class GitLab(Project):
    def setUp(self):
        super().setUp()
        self.file = read_yaml(DEPLOY / "ci/gitlab-ci.yml")
        self.jobs = {name: job for name, job in self.file.items() if not name.startswith(".")}

    def test_jobs_run(self):
        self.assertEqual(list(self.jobs), ["tripmig-lint", "tripmig-rehearse", "tripmig-up", "tripmig-nightly"])
        for name, job in self.jobs.items():
            self.assertIn(job["extends"], self.file)
            for line in job["script"]:
                result = self.shell(line)
                self.assertEqual(result.returncode, 0, f"{name}: {line}: {result.stdout}{result.stderr}")
        self.dangerous()
        self.assertEqual(self.shell(self.jobs["tripmig-lint"]["script"][0]).returncode, 4)

    def test_packages(self):
        packages = {job["variables"]["MORE_PACKAGES"] for job in self.jobs.values() if "variables" in job} | {"ca-certificates"}
        self.assertEqual(packages - known_packages(packages), set())


if __name__ == "__main__":
    main()
