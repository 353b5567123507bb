#!/usr/bin/python3
"""deploy/backup against a server that asks for a password: dump, checksum, restore, compare; and everything that can go wrong."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from support import BINARY, DEPLOY, main, run

BACKUP, RESTORE, UPLOAD = (DEPLOY / "backup" / name for name in ("backup", "restore", "upload-azure"))
CONTENT = """
CREATE ROLE reader NOLOGIN;
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, note text);
CREATE TABLE events (id bigint, at timestamptz NOT NULL, payload jsonb, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE VIEW names AS SELECT name FROM customers;
GRANT SELECT ON customers TO reader;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO customers (name, note) SELECT 'name ' || i, repeat(md5(i::text), 8) FROM generate_series(1, 5000) AS i;
INSERT INTO events SELECT i, '2026-03-01'::timestamptz + i * interval '1 hour', '{}' FROM generate_series(1, 1000) AS i;
"""


def setUpModule():
    global server, password
    server = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    password = urllib.parse.unquote(server.password)
    result = run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", os.environ["DATABASE_URL"], input=CONTENT)
    assert result.returncode == 0, result.stderr


class Backup(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-backup-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.backups = self.folder / "backups"
        self.backups.mkdir()
        self.secret = self.folder / "password"
        self.secret.write_text(password + "\n")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PGHOST": server.hostname, "PGPORT": str(server.port),
                            "PGUSER": server.username, "PGDATABASE": server.path[1:], "BACKUP_DIR": str(self.backups),
                            "BACKUP_PASSWORD_FILE": str(self.secret), "TRIPMIG": os.path.realpath(BINARY)}

    def backup(self, *, prefix=(), **environment):
        return run(*prefix, BACKUP, env={**self.environment, **environment}, timeout=240)

    def made(self):
        """What is in the folder of backups; nothing half-done may be there."""
        return sorted(path.name for path in self.backups.iterdir() if path.name != ".lock")

    def refused(self, result, code, message):
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.assertIn(message, result.stderr)
        self.assertEqual(self.made(), [])
        self.assertNotIn(password, result.stdout + result.stderr)

    def program(self, name, text):
        path = self.folder / name
        path.write_text("#!/bin/bash\n" + text)
        path.chmod(0o755)
        return str(path)


class Runs(Backup):
    def test_dump_checksum_restore_compare(self):
        result = self.backup()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("nothing differs", result.stdout)
        (name,) = self.made()
        self.assertRegex(name, r"^sandbox-\d{8}T\d{6}Z$")
        made = self.backups / name
        self.assertEqual(sorted(path.name for path in made.iterdir()), ["SHA256SUMS", "contents.tsv", "database.dump", "roles.sql"])
        for path in made.iterdir():
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.assertNotIn(password.encode(), path.read_bytes())
        contents = [line.split("\t") for line in (made / "contents.tsv").read_text().splitlines()]
        self.assertIn(["table", "public.customers", "5000"], [line[:3] for line in contents])
        self.assertIn(["objects", "trigger", "1", "0"], contents)
        self.assertIn("CREATE ROLE reader", (made / "roles.sql").read_text())
        self.assertEqual(run("sha256sum", "--check", "SHA256SUMS", cwd=made).returncode, 0)

        # Elsewhere, by hand, as the page says; and a role that is missing there is named.
        restore = [BINARY, "sandbox", "run", "--", RESTORE]
        result = run(*restore, "--roles", made, timeout=120)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertRegex(result.stdout, r"restore: \d+ tables, 6000 rows: nothing differs")
        result = run(*restore, made, timeout=120)
        self.assertEqual(result.returncode, 1)
        self.assertIn('role "reader" does not exist', result.stderr)

        # A row that differs, and a byte.
        lines = (made / "contents.tsv").read_text()
        (made / "contents.tsv").write_text(lines.replace("public.customers\t5000", "public.customers\t5001"))
        run("bash", "-c", "sha256sum database.dump roles.sql contents.tsv >SHA256SUMS", cwd=made)
        result = run(*restore, "--roles", made, timeout=120)
        self.assertEqual(result.returncode, 1)
        self.assertIn("-table\tpublic.customers\t5001", result.stderr)
        self.assertIn("is not what was backed up", result.stderr)
        data = bytearray((made / "database.dump").read_bytes())
        data[len(data) // 2] ^= 1
        (made / "database.dump").write_bytes(data)
        result = run(*restore, "--roles", made, timeout=120)
        self.assertEqual(result.returncode, 1)
        self.assertIn("database.dump: FAILED", result.stdout + result.stderr)

    def test_a_database_that_is_not_empty(self):
        self.assertEqual(self.backup(BACKUP_VERIFY="none").returncode, 0)
        environment = {**self.environment, "PGPASSFILE": str(self.folder / "pgpass")}
        (self.folder / "pgpass").write_text(f"*:*:*:*:{password}\n")
        (self.folder / "pgpass").chmod(0o600)
        result = run(RESTORE, self.backups / self.made()[0], env=environment)
        self.assertEqual(result.returncode, 1)
        self.assertIn("the database is not empty", result.stderr)

    def test_while_others_write(self):
        """The snapshot of the contents is the dump's: rows that come meanwhile are in neither."""
        writer = subprocess.Popen(["psql", "--quiet", "--no-psqlrc", os.environ["DATABASE_URL"]], stdin=subprocess.PIPE, text=True)
        self.addCleanup(writer.wait)
        writer.stdin.write("CREATE TABLE busy (id int);\n" + "INSERT INTO busy SELECT generate_series(1, 100); SELECT pg_sleep(0.005) \\g /dev/null\n" * 1500)
        writer.stdin.close()
        time.sleep(0.5)
        result = self.backup()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_nobody_sees_the_password(self):
        """Neither a command line nor an environment has it, at any moment of the run."""
        process = subprocess.Popen([BACKUP], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        seen = set()
        while process.poll() is None:
            for folder in pathlib.Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        text = (folder / name).read_bytes()
                    except OSError:
                        continue
                    if str(self.backups).encode() in text or b"tripmig-backup" in text:
                        seen.add(text.split(b"\0")[0])
                        self.assertNotIn(password.encode(), text, folder)
        self.assertEqual(process.returncode, 0, process.stdout.read())
        self.assertTrue(any(b"pg_dump" in text for text in seen), seen)

    def test_an_odd_password(self):
        odd = "a:b\\c'\"$(x) %41"
        superuser = os.environ["TRIPMIG_SANDBOX_SUPERUSER_URL"]
        statement = "CREATE ROLE odd LOGIN SUPERUSER PASSWORD :'password';"
        result = run("psql", "--quiet", "--no-psqlrc", superuser, f"--set=password={odd}", input=statement)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.secret.write_text(odd)
        result = self.backup(PGUSER="odd", BACKUP_VERIFY="none")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        command = f"cat '{self.secret}'"
        time.sleep(1)  # the next one has another second in its name
        result = self.backup(PGUSER="odd", BACKUP_VERIFY="none", BACKUP_PASSWORD_FILE="", BACKUP_PASSWORD_COMMAND=command)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_upload_and_keep(self):
        for stamp in ("20260101T000000Z", "20260102T000000Z", "20260103T000000Z"):
            (self.backups / f"sandbox-{stamp}").mkdir()
        (self.backups / "other-20260101T000000Z").mkdir()
        upload = self.program("upload", 'cp -r "$1" "$(dirname "$0")/uploaded"')
        result = self.backup(BACKUP_VERIFY="none", BACKUP_KEEP="2", BACKUP_UPLOAD=upload)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        kept = self.made()
        self.assertEqual(kept[:2], ["other-20260101T000000Z", "sandbox-20260103T000000Z"])
        self.assertEqual(len(kept), 3)
        self.assertEqual((self.folder / "uploaded/SHA256SUMS").read_text(), (self.backups / kept[2] / "SHA256SUMS").read_text())

        broken = self.program("broken", "exit 1")
        time.sleep(1)
        result = self.backup(BACKUP_VERIFY="none", BACKUP_KEEP="1", BACKUP_UPLOAD=broken)
        self.assertEqual(result.returncode, 3)
        self.assertIn("is complete, but was not uploaded: run", result.stderr)
        self.assertEqual(len(self.made()), 4, "nothing older goes before the new one is away")

    def test_upload_to_azure(self):
        """Against a stand-in for az that keeps what it is given, and one that loses bytes."""
        az = """declare -A given
command="$1 $2 $3"; shift 3
while [ $# -gt 0 ]; do case $1 in --*) given[$1]=$2; shift 2 ;; esac; done
[ "${given[--auth-mode]}" = login ] || exit 9
to="$STORE/${given[--account-name]}/${given[--container-name]}/${given[--name]}"
case $command in
    "storage blob upload") mkdir -p "$(dirname "$to")" && head -c "${LIMIT:-1000000000}" "${given[--file]}" >"$to" ;;
    "storage blob show") stat --format=%s "$to" ;;
    *) exit 9 ;;
esac
""".replace("case $1 in --*)", "case $1 in --no-progress) shift ;; --*)")
        self.program("az", az)
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "STORE": str(self.folder / "store"), "BACKUP_STORAGE_ACCOUNT": "account",
                       "BACKUP_VERIFY": "none", "BACKUP_UPLOAD": str(UPLOAD)}
        result = self.backup(**environment)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        (name,) = self.made()
        result = run("diff", "--recursive", self.folder / "store/account/backups" / name, self.backups / name)
        self.assertEqual(result.returncode, 0, result.stdout)
        time.sleep(1)
        result = self.backup(**environment, LIMIT="100")
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        self.assertIn("has 100 bytes in the container", result.stderr)


class Fails(Backup):
    def test_wrong_password(self):
        self.secret.write_text("wrong")
        self.refused(self.backup(), 1, "password authentication failed")

    def test_no_server(self):
        self.refused(self.backup(PGPORT="1"), 1, "Connection refused")

    def test_password_in_the_environment(self):
        self.refused(self.backup(PGPASSWORD="x"), 2, "PGPASSWORD is set")

    def test_settings(self):
        self.refused(self.backup(BACKUP_KEEP="0"), 2, "BACKUP_KEEP is not a number")
        self.refused(self.backup(BACKUP_VERIFY="maybe"), 2, "BACKUP_VERIFY is sandbox or none")
        self.refused(self.backup(BACKUP_UPLOAD="/nowhere"), 2, "BACKUP_UPLOAD names no program")
        self.refused(self.backup(BACKUP_PASSWORD_FILE="", BACKUP_PASSWORD_COMMAND="false"), 1, "BACKUP_PASSWORD_COMMAND failed")
        result = self.backup(BACKUP_DIR="/nowhere")
        self.assertEqual((result.returncode, "BACKUP_DIR names no folder" in result.stderr), (2, True))

    def test_full_disk(self):
        if os.geteuid() != 0:
            self.skipTest("a small file system is mounted for it, for which this test must be root")
        probe = run("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt")
        if probe.returncode != 0:
            self.skipTest(f"no file system may be mounted here: {probe.stderr.strip()}")
        script = f"mount -t tmpfs -o size=100k none {self.backups} && {{ \"$@\"; code=$?; ls -A {self.backups}; exit $code; }}"
        result = self.backup(prefix=["unshare", "--mount", "sh", "-c", script, "sh"])
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("No space left on device", result.stderr)
        self.assertIn("nothing was kept", result.stderr)
        self.assertEqual(result.stdout, ".lock\n")

    def test_file_too_large(self):
        self.refused(self.backup(prefix=["sh", "-c", 'ulimit -f 100; exec "$@"', "sh"]), 1, "pg_dump failed; nothing was kept")

    def test_a_table_that_may_not_be_read(self):
        superuser = os.environ["TRIPMIG_SANDBOX_SUPERUSER_URL"]
        run("psql", "--quiet", "--no-psqlrc", superuser, "--command", "CREATE TABLE secret (id int)")
        self.addCleanup(run, "psql", "--quiet", "--no-psqlrc", superuser, "--command", "DROP TABLE secret")
        self.refused(self.backup(), 1, "permission denied for table secret")

    def test_two_at_once(self):
        lock = subprocess.Popen(["flock", str(self.backups / ".lock"), "sleep", "60"])
        self.addCleanup(lock.wait)
        self.addCleanup(lock.terminate)
        time.sleep(0.5)
        self.refused(self.backup(), 1, "another backup is running")

    def test_a_dump_that_cannot_be_restored(self):
        """A sandbox without an extension that the database has."""
        tripmig = self.program("tripmig", "echo 'no such extension' >&2; exit 1")
        self.refused(self.backup(TRIPMIG=tripmig), 1, "the dump could not be restored and compared; nothing was kept")

    def test_killed(self):
        process = subprocess.Popen([BACKUP], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        while not any(path.name.startswith(".partial") for path in self.backups.iterdir()):
            time.sleep(0.01)
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual((process.returncode, self.made()), (143, []))
        # SIGKILL leaves its folder, under no final name; the next run removes it.
        process = subprocess.Popen([BACKUP], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        while not self.made():
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        self.assertTrue(all(re.match(r"\.partial\.", name) for name in self.made()))
        result = self.backup(BACKUP_VERIFY="none")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(" ".join(self.made()), r"^sandbox-\S+$")


if __name__ == "__main__":
    main()
