#!/usr/bin/python3
"""docs/backup.md: what becomes of a half-done swap in a point-in-time restore, and in a restored dump."""
import os
import pathlib
import shutil
import tempfile
import time
import unittest

from support import BINARY, DEPLOY, main, run

TRIPMIG = os.path.realpath(BINARY)
TABLE = """
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created_at timestamptz NOT NULL, note text);
INSERT INTO orders (created_at, note) SELECT now() - i * interval '1 hour', 'n' || i FROM generate_series(1, 3000) AS i;
"""
SWAP = ["--strategy", "copy", "--key", "created_at", "--interval", "1 month"]
STATUS = "to cut over: tripmig swap cutover public.orders"
LEFT = """SELECT (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND NOT tgisinternal), relkind, (SELECT count(*) FROM orders)
          FROM pg_class WHERE oid = 'orders'::regclass"""


class Restored(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-restore-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, name, *settings):
        """A sandbox that stays until the test ends; its URL."""
        options = [part for setting in settings for part in ("--setting", setting)]
        result = run(TRIPMIG, "sandbox", "start", "--dir", self.folder / name, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.addCleanup(run, TRIPMIG, "sandbox", "stop", "--dir", self.folder / name)
        return result.stdout.strip()

    def stop(self, name):
        self.assertEqual(run(TRIPMIG, "sandbox", "stop", "--keep", "--dir", self.folder / name).returncode, 0)

    def ask(self, url, statements, *options):
        result = run("psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", *options, url, input=statements)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.strip()

    def tripmig(self, url, *arguments, code=0):
        result = run(TRIPMIG, "--url", url, *arguments, timeout=120)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def superuser(self, name):
        return f"host={self.folder / name} port=5432 user=postgres dbname=sandbox"  # a PGPORT of the surroundings is another's

    def base_backup(self, name):
        """As pg_basebackup does it: files between the two calls, and the label."""
        data, base = self.folder / name / "data", self.folder / "base"
        self.ask(self.superuser(name), f"""SELECT pg_backup_start('test', true);
            \\! cp -a {data} {base}
            SELECT labelfile FROM pg_backup_stop(true) \\g {self.folder}/label""")
        shutil.copy(self.folder / "label", base / "backup_label")
        for file in ("postmaster.pid", "postmaster.opts"):
            (base / file).unlink(missing_ok=True)
        for file in (base / "pg_wal").iterdir():
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        (base / "pg_wal/archive_status").mkdir()
        return base

    def restore(self, name, base, wal, point):
        """Another sandbox with the base backup, as of a time."""
        to = self.folder / name
        shutil.copytree(self.folder / "server", to, ignore=shutil.ignore_patterns("data", ".s.*"))
        shutil.copytree(base, to / "data", symlinks=True)
        with open(to / "data/postgresql.auto.conf", "a", encoding="utf-8") as file:
            file.write(f"restore_command = 'cp {wal}/%f %p'\nrecovery_target_time = '{point}'\nrecovery_target_action = promote\narchive_mode = off\n")
        (to / "data/recovery.signal").touch()
        to.chmod(0o700)
        (to / "data").chmod(0o700)
        owner = (self.folder / "server/data").stat()
        for path in [to, *to.rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
        url = self.start(name)
        deadline = time.monotonic() + 60
        while self.ask(url, "SELECT pg_is_in_recovery()") == "t":
            self.assertLess(time.monotonic(), deadline, "it did not get to that time")
            time.sleep(0.2)
        return url

    def test_to_a_point_in_time(self):
        wal = self.folder / "wal"
        wal.mkdir()
        wal.chmod(0o777)
        url = self.start("server", "wal_level=replica", "archive_mode=on", f"archive_command=cp %p {wal}/%f")
        self.ask(url, TABLE)
        base = self.base_backup("server")
        self.tripmig(url, "swap", "run", "orders", *SWAP, "--until", "ready")
        self.ask(url, "INSERT INTO orders (created_at, note) VALUES (now(), 'before')")
        point = self.ask(url, "SELECT pg_sleep(1); SELECT clock_timestamp(); SELECT pg_sleep(1)")
        self.tripmig(url, "swap", "cutover", "orders")
        self.ask(url, "DELETE FROM orders")
        self.ask(self.superuser("server"), "SELECT pg_switch_wal()")
        self.stop("server")

        for name, command in {"aborted": "abort", "resumed": "run"}.items():
            restored = self.restore(name, base, wal, point)
            status = self.tripmig(restored, "swap", "status", "orders")
            self.assertIn("public.orders: ready", status)
            self.assertIn(STATUS, status)
            self.tripmig(restored, "swap", command, "orders")
            if command == "abort":
                self.assertEqual(self.ask(restored, LEFT), "0|r|3001")
            else:
                self.assertIn("public.orders: complete", self.tripmig(restored, "swap", "status", "orders"))
                self.tripmig(restored, "swap", "finish", "orders", "--yes")
                self.assertEqual(self.ask(restored, LEFT), "0|p|3001")
            self.stop(name)

    def test_from_a_dump(self):
        url = self.start("server")
        self.ask(url, TABLE)
        self.tripmig(url, "swap", "run", "orders", *SWAP, "--until", "ready")
        self.ask(url, "INSERT INTO orders (created_at, note) VALUES (now(), 'before')")
        environment = {"PATH": os.environ["PATH"], "PGHOST": str(self.folder / "server"), "PGUSER": "sandbox", "PGDATABASE": "sandbox",
                       "BACKUP_DIR": str(self.folder), "BACKUP_VERIFY": "none"}
        result = run(DEPLOY / "backup/backup", env=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.stop("server")
        (backup,) = self.folder.glob("sandbox-*")
        for command, left in {"abort": "0|r|3001", "run": "4|p|3001"}.items():
            script = (f'{DEPLOY}/backup/restore --roles {backup} && {TRIPMIG} swap status orders && {TRIPMIG} swap {command} orders'
                      f' && psql --no-psqlrc --quiet --no-align --tuples-only "$DATABASE_URL" --command "{LEFT}"')
            result = run(TRIPMIG, "sandbox", "run", "--", "sh", "-c", script, timeout=120)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertIn("altered since: function tripmig.capture_1", result.stdout)
            self.assertIn(STATUS, result.stdout)
            self.assertEqual(result.stdout.strip().splitlines()[-1], left)


if __name__ == "__main__":
    main()
