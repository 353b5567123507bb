#!/usr/bin/python3
"""The commands of deploy/'s containers, units and crontab, run as they would be: no root, a read-only root file system."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import yaml

import container
import manifests
from support import DEPLOY, ROOT, documents, main, read_yaml, run, tool

PASSWORD = "p@ss word/'\"\\:%41"  # everything that a URL, a shell or libpq's form would take for something else


def setUpModule():
    """The guide's role and database, made in the sandbox by the file that docker-compose.yml mounts for it."""
    global server, superuser, folder, secret, image, service
    container.require_namespaces()
    superuser = os.environ["TRIPMIG_SANDBOX_SUPERUSER_URL"]
    server = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    image = container.Image()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-deploy-"))
    folder.chmod(0o755)
    unittest.addModuleCleanup(shutil.rmtree, folder)
    (folder / "tripgen_admin_password").write_text(PASSWORD)
    secret = folder / "tripgen_admin_password"
    service = folder / "service"
    shutil.copytree(ROOT / "migrations", service / "migrations")
    shutil.copytree(ROOT / "partitions", service / "partitions")
    statements = (DEPLOY / "postgres-init/10-tripgen-admin.sql").read_text()
    if "en_US.utf8" not in run("locale", "-a").stdout:
        statements = statements.replace("en_US.utf8", "C.utf8")
    # psql reads the password where compose mounts it.
    result = run("unshare", "--mount", "bash", "-c", f"mkdir -p /run && mount -t tmpfs none /run && mkdir /run/secrets && cp {secret} /run/secrets/"
                 f" && psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 '{superuser}'", input=statements)
    assert result.returncode == 0, result.stderr


def url(original):
    """As in the manifest, but to the test's server and without TLS."""
    found = re.fullmatch(r"postgresql://(\w+)@[^/]+/(\w+)\?.*", original)
    assert found, original
    return f"postgresql://{found.group(1)}@{server.hostname}:{server.port}/{found.group(2)}?sslmode=disable"


def query(statement):
    result = run("psql", "--quiet", "--no-psqlrc", "--tuples-only", "--no-align", re.sub(r"/sandbox\b", "/tripdb_prod", superuser, count=1), "--command", statement)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


class Runs(unittest.TestCase):
    def ended(self, run_, code):
        """Its log, when it ended with this code and nobody saw the password."""
        got, out, err = run_.wait()
        self.assertEqual(got, code, out + err)
        self.assertNotIn(PASSWORD, out + err)
        self.assertNotIn(urllib.parse.quote(PASSWORD, safe=""), out + err)
        return out, err

    def log(self, run_, code):
        out, err = self.ended(run_, code)
        return out, [json.loads(line) for line in err.splitlines()]


class Kubernetes(Runs):
    """The trip service's life, in the order of the names of the tests."""

    @classmethod
    def setUpClass(cls):
        kubectl = tool("kubectl")
        cls.trip = documents(run(kubectl, "kustomize", DEPLOY / "kubernetes/overlays/trip").stdout)
        cls.swap = documents(run(kubectl, "kustomize", DEPLOY / "kubernetes/overlays/trip-swap").stdout)
        cls.settings = [d for d in cls.trip if d["kind"] == "ConfigMap"]
        cls.ran = set()

    def start(self, component, found, **options):
        document = next(d for d in found if d["metadata"].get("labels", {}).get("app.kubernetes.io/component") == component)
        return self.begin(document, found, **options)

    def begin(self, document, found, files=None):
        self.ran.add(manifests.command_of(manifests.our_containers(document)[0]))
        return container.from_manifest(document, found, image, secret, files or service, url)

    def init_container(self, component, **changed):
        """The component's patch, applied to nothing: the init container as it is."""
        document = read_yaml(DEPLOY / f"kubernetes/components/{component}/init-container.yaml")
        found = manifests.our_containers(document)[0]
        self.ran.add(manifests.command_of(found))
        found["args"] = [changed.get(argument, argument) for argument in found["args"]]
        found["envFrom"][0]["configMapRef"]["name"] = self.settings[0]["metadata"]["name"]
        return container.from_manifest(document, [document, *self.settings], image, secret, service, url)

    def test_1_wait_in_vain(self):
        self.log(self.init_container("wait", **{"10min": "1s"}), 3)

    def test_2_up_from_a_job_and_from_pods_at_once(self):
        runs = [self.start("up", self.trip), self.init_container("up-in-init-container"), self.init_container("up-in-init-container")]
        events = [event for run_ in runs for event in self.log(run_, 0)[1]]
        applied = [event["fields"]["version"] for event in events if event["kind"] == "migration.applied"]
        self.assertEqual(sorted(applied), ["1", "2", "3", "4"])
        self.assertEqual(query("SELECT count(*) FROM tripmig.migrations"), "4")

    def test_3_wait(self):
        self.log(self.init_container("wait"), 0)

    def test_4_maintain_before_the_swap_needs_a_person(self):
        self.ended(self.start("maintain", self.trip), 12)

    def test_5_swap_is_stopped_and_resumes(self):
        reader = subprocess.Popen(["psql", "--quiet", "--no-psqlrc", re.sub(r"/sandbox\b", "/tripdb_prod", superuser, count=1)],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        reader.stdin.write("BEGIN;\nSELECT count(*) FROM trip_plans;\n")
        reader.stdin.flush()
        reader.stdout.readline()
        stopped = self.start("swap", self.swap)
        # It is past its preparations and waits for that reader.
        until(lambda: query("SELECT count(*) FROM tripmig.jobs WHERE finished_at IS NULL") == "1")
        self.check_process(stopped.pid())
        grace = manifests.pod_of(next(d for d in self.swap if d["kind"] == "Job"))["terminationGracePeriodSeconds"]
        self.assertLess(stopped.terminate(), min(grace, 20))
        self.log(stopped, 143)
        reader.communicate("COMMIT;\n")
        self.log(self.start("swap", self.swap), 0)
        self.assertEqual(query("SELECT relkind FROM pg_class WHERE oid = 'trip_plans'::regclass"), "p")

    def check_process(self, pid):
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        self.assertEqual(fields["Uid"].split(), [str(container.USER)] * 4)
        self.assertEqual(fields["Gid"].split(), [str(container.USER)] * 4)
        self.assertEqual((fields["CapEff"], fields["NoNewPrivs"], fields["NSpid"].split()[-1]), ("0" * 16, "1", "1"))
        mounts = [line.split() for line in pathlib.Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
        writable = [mount[4] for mount in mounts if "ro" not in mount[5].split(",") and not mount[4].startswith("/proc")]
        self.assertEqual(writable, [], "what it could write to")
        for variable in pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            self.assertNotIn(PASSWORD.encode(), variable)
        self.assertNotIn(PASSWORD.encode(), pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())

    def test_6_maintain(self):
        self.log(self.start("maintain", self.trip), 0)
        self.log(self.start("maintain", self.trip), 0)

    def test_7_up_stopped_within_a_statement(self):
        files = folder / "slow"
        shutil.copytree(service, files)
        (files / "migrations/V5__slow.sql").write_text("CREATE TABLE slow (id int);\nSELECT pg_sleep(600);\n")
        run_ = self.start("up", self.trip, files=files)
        until(lambda: query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1")
        self.assertLess(run_.terminate(), 20)
        self.log(run_, 143)
        self.assertEqual(query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"), "0")
        self.assertEqual(query("SELECT to_regclass('slow') IS NULL, count(*) FROM tripmig.migrations WHERE version = '5'"), "t|0")

    def test_8_a_broken_migration_fails_the_job(self):
        files = folder / "broken"
        shutil.copytree(service, files)
        (files / "migrations/V5__broken.sql").write_text("CREATE TABLE broken (id int);\nSELECT 1 / 0;\n")
        self.log(self.start("up", self.trip, files=files), 7)

    def test_8_serve_answers_until_it_is_told_to_end(self):
        document = documents((DEPLOY / "kubernetes/components/serve/serve.yaml").read_text())[0]
        manifests.our_containers(document)[0]["envFrom"][0]["configMapRef"]["name"] = self.settings[0]["metadata"]["name"]
        run_ = self.begin(document, [document, *self.settings])
        until(lambda: self.status("/readyz") == 200)
        self.assertEqual(self.status("/healthz"), 200)
        self.check_process(run_.pid())
        self.assertLess(run_.terminate(), 5)
        self.log(run_, 0)

    def status(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:9187{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def test_9_every_command_was_run(self):
        self.assertEqual(self.ran, manifests.COMMANDS)

    def test_9_the_memory_that_it_took(self):
        import resource
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertLess(largest, 256 * 1024, "KiB, in any run here")


class Compose(Runs):
    """docker-compose.yml: its service tripmig, and the server's parameters and health check."""

    @classmethod
    def setUpClass(cls):
        cls.compose = read_yaml(ROOT / "docker-compose.yml")
        cls.db, cls.tripmig = cls.compose["services"]["db"], cls.compose["services"]["tripmig"]

    def test_tripmig(self):
        self.assertTrue(self.tripmig["read_only"])
        files = {}
        for volume in self.tripmig["volumes"]:
            outside, inside, mode = volume.split(":")
            self.assertEqual(mode, "ro")
            files[inside] = ROOT / outside
        for name in self.tripmig["secrets"]:
            files[f"/run/secrets/{name}"] = folder / name
        environment = dict(self.tripmig["environment"])
        environment["TRIPMIG_DATABASE_URL"] = url(environment["TRIPMIG_DATABASE_URL"])
        self.assertIn(environment["TRIPMIG_DATABASE_PASSWORD_FILE"], files)
        out, err = self.ended(container.Container(image.entrypoint + self.tripmig["command"], environment, files, workdir=image.workdir), 0)
        self.assertIn("at version 4", out + err)
        # It would say so if it had anything to write: the root is read-only indeed.
        environment["TRIPMIG_REPORT_METRICS_FILE"] = "/tmp/tripmig.prom"
        _, err = self.ended(container.Container(image.entrypoint + self.tripmig["command"], environment, files, workdir=image.workdir), 0)
        self.assertIn("cannot write the metrics file /tmp/tripmig.prom: Read-only file system", err)

    def test_what_the_image_does_without_a_command(self):
        out, _ = self.ended(container.Container(image.entrypoint + image.command, {}, {}, workdir=image.workdir), 0)
        self.assertIn("Usage: tripmig", out)
        self.assertEqual(image.user, f"{container.USER}:{container.USER}")

    def test_health_check(self):
        test = self.db["healthcheck"]["test"]
        self.assertEqual(test[0], "CMD")
        command = [part.replace("--host=127.0.0.1", f"--host={server.hostname}") for part in test[1:]]
        result = run(*command, f"--port={server.port}")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


class Host(Runs):
    """The ExecStart lines of the units and the lines of the crontab, with the files where both expect them."""

    def setUp(self):
        """The table is partitioned, whether or not the tests before could run."""
        for command in [["up"], ["swap", "run", "trip_plans"]]:
            if query("SELECT count(*) FROM pg_class WHERE relname = 'trip_plans' AND relkind = 'p'") == "0":
                files = self.files("/etc/tripmig/password")
                self.ended(container.Container(["/usr/bin/tripmig", "--config", "/etc/tripmig/tripmig.toml", "--quiet", *command],
                                               {"TRIPMIG_DATABASE_PASSWORD_FILE": "/etc/tripmig/password"}, files), 0)

    def files(self, password_at):
        settings = (DEPLOY / "systemd/tripmig.toml").read_text()
        original = re.search(r'^url = "(.+)"$', settings, re.M).group(1)
        self.assertEqual(list(manifests.check_settings({"TRIPMIG_DATABASE_URL": original})), [])
        example = original.replace("app_owner@", "tripgen_admin@").replace("/app?", "/tripdb_prod?")
        etc = pathlib.Path(tempfile.mkdtemp(dir=folder))
        etc.chmod(0o755)
        (etc / "tripmig.toml").write_text(settings.replace(original, url(example)))
        return {"/etc/tripmig/tripmig.toml": etc / "tripmig.toml", password_at: secret,
                "/srv/app/migrations": ROOT / "migrations", "/srv/app/partitions": ROOT / "partitions"}

    def state(self):
        state = pathlib.Path(tempfile.mkdtemp(dir=folder))
        os.chown(state, container.USER, container.USER)
        return state

    def unit(self, name):
        lines = (DEPLOY / "systemd" / name).read_text().splitlines()
        return [line.partition("=")[::2] for line in lines if "=" in line and not line.startswith("#")]

    def test_units(self):
        for name, commands in {"tripmig-maintain.service": ["partition maintain"], "tripmig-status.service": ["status", "partition status"]}.items():
            unit = self.unit(name)
            settings = dict(unit)
            credential, path = settings["LoadCredential"].split(":")
            self.assertEqual(path, "/etc/tripmig/password")
            environment = {}
            for key, value in unit:
                if key == "Environment":
                    variable, _, text = value.partition("=")
                    environment[variable] = text.replace("%d", "/run/credentials").replace("%S", "/var/lib")
            state = self.state()
            self.assertEqual(environment["TRIPMIG_REPORT_METRICS_FILE"], f"/var/lib/{settings['StateDirectory']}/tripmig.prom")
            for key, value in unit:
                if key == "ExecStart":
                    self.ended(container.Container(value.split(), environment, self.files(f"/run/credentials/{credential}"),
                                                   writable={f"/var/lib/{settings['StateDirectory']}": state}), 0)
            text = (state / "tripmig.prom").read_text()
            self.assertEqual(re.findall(r'^tripmig_last_run_exit_code\{command="(.+)"\} 0$', text, re.M), sorted(commands))
            self.assertEqual((state / "tripmig.prom").stat().st_mode & 0o777, 0o644, "node exporter is another user")

    def test_crontab(self):
        environment, state, hours = {}, self.state(), []
        for line in (DEPLOY / "cron/tripmig").read_text().splitlines():
            if re.match(r"[A-Z_]+=", line):
                variable, _, text = line.partition("=")
                environment[variable] = text
            elif line and not line.startswith("#"):
                minute, hour, *rest = line.split(None, 6)
                self.assertEqual(rest[:4], ["*", "*", "*", "tripmig"])
                self.assertNotIn("%", rest[4], "cron would take it for a new line")
                hours.append((minute, hour))
                self.ended(container.Container([environment["SHELL"], "-c", rest[4]], environment, self.files("/etc/tripmig/password"),
                                               writable={"/var/lib/tripmig": state}, programs=["sh"]), 0)
        text = (state / "tripmig.prom").read_text()
        self.assertEqual(re.findall(r'^tripmig_last_run_exit_code\{command="(.+)"\} 0$', text, re.M), ["partition maintain", "partition status", "status"])
        # Two hours at most for the nightly run, as its unit has it; the others take seconds, within the hours that they name.
        for zone in ("Etc/UTC", "Asia/Seoul"):
            self.assertEqual(list(manifests.check_hours(f"{hours[0][0]} {hours[0][1]} * * *", zone, 7200)), [])
        self.assertEqual({hour for _, hour in hours[1:]}, {"0-7,9-23"})


def load_tests(loader, _tests, _pattern):
    suite = unittest.TestSuite()
    for case in (Kubernetes, Compose, Host):
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    main()
