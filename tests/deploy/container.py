"""Runs a command as a container would: a read-only root with little in it, a user without privileges, PID 1 of its own.

The root is made of bind mounts in a mount namespace: tripmig itself, the machine's libraries and certificates, and what the
manifest mounts. Networking is the machine's. It needs root and unshare(1); without them the tests are skipped."""
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import yaml

import manifests
from support import BINARY, ROOT

USER = 65532


def require_namespaces():
    if os.geteuid() != 0:
        raise unittest.SkipTest("a container's root is made of bind mounts, for which this test must be root")
    probe = subprocess.run(["unshare", "--mount", "--pid", "--fork", "sh", "-c", "mount -t tmpfs none /mnt && mount -o remount,ro /mnt"],
                           capture_output=True, text=True)
    if probe.returncode != 0:
        raise unittest.SkipTest(f"no mount namespace may be made here: {probe.stderr.strip()}")


class Image:
    """What deploy/Dockerfile says of the image that it makes."""

    def __init__(self):
        text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
        last = text[text.index(" AS tripmig"):text.index(" AS trip\n")]
        self.workdir = re.search(r"^WORKDIR (\S+)$", last, re.M).group(1)
        self.user = re.search(r"^USER (\S+)$", last, re.M).group(1)
        self.entrypoint = yaml.safe_load(re.search(r"^ENTRYPOINT (.+)$", last, re.M).group(1))
        self.command = yaml.safe_load(re.search(r"^CMD (.+)$", last, re.M).group(1))


class Container:
    """One run. `files`: paths inside, each a folder or file outside that is mounted read-only; `writable`: likewise."""

    def __init__(self, command, environment, files, writable=None, workdir="/", programs=()):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-root-", dir="/tmp"))
        script = ["set -e", "mount --make-rprivate /", f"mount -t tmpfs -o mode=755 none {self.root}", f"cd {self.root}",
                  "mkdir -p usr/bin usr/lib usr/share etc proc dev tmp run srv var", "ln -s usr/lib lib", "ln -s usr/bin bin"]
        if os.path.isdir("/usr/lib64"):
            script.append("ln -s usr/lib64 lib64")
            files = {"/usr/lib64": "/usr/lib64", **files}
        mounts = {"/usr/lib": "/usr/lib", "/etc/ld.so.cache": "/etc/ld.so.cache", "/dev/null": "/dev/null", "/dev/urandom": "/dev/urandom",
                  "/etc/ssl/certs": "/etc/ssl/certs", "/usr/share/ca-certificates": "/usr/share/ca-certificates",
                  "/usr/bin/tripmig": os.path.realpath(BINARY)}
        mounts.update({f"/usr/bin/{program}": os.path.realpath(shutil.which(program)) for program in programs})
        for inside, outside in [*mounts.items(), *files.items()]:
            script += self.mount(inside, outside, "bind,ro")
        for inside, outside in (writable or {}).items():
            script += self.mount(inside, outside, "bind,rw")
        script += ["mount -t proc none proc", f"mkdir -p ./{workdir}", "mount -o remount,ro,mode=755 ."]
        # no_new_privs as allowPrivilegeEscalation: false has it; what is left of the capabilities goes with the change of the user.
        script.append(f"exec setpriv --no-new-privs --clear-groups --inh-caps=-all --bounding-set=-all,+sys_chroot,+setuid,+setgid"
                      f" unshare --root {self.root} --wd {shlex.quote(workdir)} --setgid {USER} --setuid {USER} -- {shlex.join(command)}")
        self.outside = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", "\n".join(script)],
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", **environment},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def mount(self, inside, outside, options):
        target = shlex.quote("." + inside)
        make = f"mkdir -p {target}" if os.path.isdir(outside) else f"mkdir -p $(dirname {target}); touch {target}"
        yield make
        yield f"mount --bind {shlex.quote(str(outside))} {target}"
        if options.endswith(",ro"):
            yield f"mount -o remount,{options} {target}"

    def pid(self):
        """Of the container's PID 1, once it is tripmig."""
        path = f"/proc/{self.outside.pid}/task/{self.outside.pid}/children"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.outside.poll() is None:
            children = pathlib.Path(path).read_text().split()
            if children and pathlib.Path(f"/proc/{children[0]}/comm").read_text().strip() == "tripmig":
                return int(children[0])
            time.sleep(0.01)
        raise AssertionError(f"it did not start: {self.wait()}")

    def terminate(self):
        """SIGTERM to PID 1, as the kubelet sends it; the seconds until it has ended."""
        pid, start = self.pid(), time.monotonic()
        os.kill(pid, signal.SIGTERM)
        self.wait()
        return time.monotonic() - start

    def wait(self, seconds=120):
        if self.outside.returncode is None:
            try:
                self.out, self.err = self.outside.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                self.outside.kill()
                self.out, self.err = self.outside.communicate()
                raise
            finally:
                self.root.rmdir()
        return self.outside.returncode, self.out, self.err


def from_manifest(document, documents, image, secret, service, url):
    """The run that a manifest's container tripmig asks for. `service`: the folder with migrations/ and partitions/."""
    container, pod = manifests.our_containers(document)[0], manifests.pod_of(document)
    maps = {d["metadata"]["name"]: d["data"] for d in documents if d["kind"] == "ConfigMap"}
    environment = {}
    for source in container.get("envFrom", []):
        environment.update(maps[source["configMapRef"]["name"]])
    for variable in container.get("env", []):
        reference = variable.get("valueFrom", {}).get("configMapKeyRef")
        environment[variable["name"]] = maps[reference["name"]][reference["key"]] if reference else variable["value"]
    arguments = [re.sub(r"\$\((\w+)\)", lambda match: environment[match.group(1)], argument) for argument in container["args"]]
    environment["TRIPMIG_DATABASE_URL"] = url(environment["TRIPMIG_DATABASE_URL"])
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    files = {f"{image.workdir}/{name}": service / name for name in ("migrations", "partitions")}
    for mount in container["volumeMounts"]:
        files[mount["mountPath"]] = secret_folder(volumes[mount["name"]], secret, pod)
    user = {**pod.get("securityContext", {}), **container["securityContext"]}["runAsUser"]
    assert user == USER, user
    return Container(image.entrypoint + arguments, environment, files, workdir=image.workdir)


def secret_folder(volume, secret, pod):
    """As the kubelet or the CSI driver's provider mounts it: whose file it is, and its mode."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=secret.parent))
    folder.chmod(0o755)
    shutil.copy(secret, folder / "password")
    os.chown(folder / "password", 0, pod.get("securityContext", {}).get("fsGroup", 0))
    (folder / "password").chmod(volume["secret"]["defaultMode"] if "secret" in volume else 0o644)
    return folder
