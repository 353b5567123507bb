#!/usr/bin/python3
"""The Debian package as cpack makes it from this build: what is in it, and what its files name. scripts/package-test installs it."""
import os
import pathlib
import re
import shutil
import tempfile
import unittest

from support import BINARY, DEPLOY, ROOT, main, run

BUILD = pathlib.Path(os.path.realpath(BINARY)).parent


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not (BUILD / "CPackConfig.cmake").is_file():
            raise unittest.SkipTest("the binary is not in a build folder")
        for program in ("cpack", "dpkg-deb", "dpkg-shlibdeps"):
            if not shutil.which(program):
                raise unittest.SkipTest(f"there is no {program} here")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        result = run("cpack", "-G", "DEB", "-B", cls.folder, cwd=BUILD, timeout=300)
        assert result.returncode == 0, result.stdout + result.stderr
        (cls.deb,) = cls.folder.glob("*.deb")
        cls.root = cls.folder / "root"
        assert run("dpkg-deb", "--raw-extract", cls.deb, cls.root).returncode == 0

    def test_its_name_and_what_it_needs(self):
        self.assertRegex(self.deb.name, r"^tripmig_\d+\.\d+\.\d+_\w+\.deb$")
        depends = run("dpkg-deb", "--field", self.deb, "Depends").stdout
        for library in ("libc6", "libpq5", "libpqxx", "libfmt", "libssl3"):
            self.assertIn(library, depends)

    def test_what_is_in_it(self):
        there = {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file() and "DEBIAN" not in path.parts}
        units = {f"usr/lib/systemd/system/{path.name}" for path in (DEPLOY / "systemd").iterdir() if path.suffix in (".service", ".timer")}
        backup = {f"usr/lib/tripmig/backup/{path.name}" for path in (DEPLOY / "backup").iterdir()}
        pages = {f"usr/share/doc/tripmig/{path.relative_to(ROOT)}" for path in (ROOT / "docs").rglob("*.md")}
        completions = {f"usr/share/{name}" for name in (
            "bash-completion/completions/tripmig", "zsh/vendor-completions/_tripmig", "fish/vendor_completions.d/tripmig.fish")}
        manual = {name for name in there if re.fullmatch(r"usr/share/man/man1/tripmig(-[a-z]+)*\.1\.gz", name)}
        self.assertLess({"usr/share/man/man1/tripmig.1.gz", "usr/share/man/man1/tripmig-partition-split.1.gz"}, manual)
        expected = {"usr/bin/tripmig", "usr/lib/sysusers.d/tripmig.conf"} | units | backup | completions | manual
        self.assertLess(expected | pages, there)
        for name in there - expected:
            self.assertTrue(name.startswith("usr/share/doc/tripmig/"), name)
        for name in units:
            for program in re.findall(r"^ExecStart=/(\S+)", (self.root / name).read_text(), re.M):
                self.assertIn(program, there)

    def test_modes(self):
        for path in self.root.rglob("*"):
            mode = path.stat().st_mode & 0o7777
            program = path.is_dir() or path.parent.name == "bin" or path.name in ("backup", "restore", "upload-azure", "postinst", "prerm", "postrm")
            self.assertEqual(mode, 0o755 if program else 0o644, path)

    def test_it_runs(self):
        result = run(self.root / "usr/bin/tripmig", "--version")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_nothing_is_enabled(self):
        scripts = "".join((self.root / "DEBIAN" / name).read_text() for name in ("postinst", "prerm", "postrm"))
        self.assertNotRegex(scripts, r"systemctl (enable|start|restart)")


class Installed(unittest.TestCase):
    def test_without_the_units(self):
        """`cmake --install` leaves out the units: they name /usr/bin/tripmig."""
        with tempfile.TemporaryDirectory(prefix="tripmig-install-") as folder:
            result = run("cmake", "--install", BUILD, "--prefix", folder, timeout=120)
            self.assertEqual(result.returncode, 0, result.stderr)
            there = {path.name for path in pathlib.Path(folder).rglob("*") if path.is_file()}
            self.assertIn("tripmig", there)
            self.assertFalse({name for name in there if name.endswith((".service", ".timer"))})


if __name__ == "__main__":
    main()
