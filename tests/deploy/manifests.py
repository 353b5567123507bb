"""What a rendered manifest must have. Every function returns complaints, so that a test can also see them come."""
import datetime
import re
import zoneinfo

from support import ROOT, TRY_AGAIN, exit_codes

# Each of these is run for real by container_test.py.
COMMANDS = {
    ("up", "--wait-for-database", "60s"),
    ("wait", "--timeout", "10min"),
    ("partition", "maintain"),
    ("swap", "run", "TABLE"),
    ("serve", "--listen", ":9187"),
}
MAINTENANCE_HOUR_UTC = 8


def pod_of(document):
    """The pod's spec within a Job, CronJob or Deployment; None in others."""
    spec = document.get("spec", {})
    if document["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec.get("template", {}).get("spec")


def job_of(document):
    if document["kind"] == "CronJob":
        return document["spec"]["jobTemplate"]["spec"]
    return document["spec"] if document["kind"] == "Job" else None


def our_containers(document):
    pod = pod_of(document) or {}
    return [c for c in pod.get("initContainers", []) + pod.get("containers", []) if c["name"] == "tripmig"]


def check(documents):
    """All complaints about a set of documents."""
    found = []
    for document in documents:
        name = f"{document['kind']} {document['metadata']['name']}"
        for complaint in check_document(document, documents):
            found.append(f"{name}: {complaint}")
    return found


def check_document(document, documents):
    kind = document["kind"]
    if kind == "ServiceAccount" and document.get("automountServiceAccountToken") is not False:
        yield "its token is mounted"
    if kind == "ConfigMap":
        yield from check_settings(document.get("data", {}))
    if kind in ("Job", "CronJob"):
        yield from check_own_pod(pod_of(document))
        yield from check_job(job_of(document), nightly=kind == "CronJob")
    if kind == "Deployment" and is_server(document):
        yield from check_server(document)
    if kind == "CronJob":
        yield from check_schedule(document["spec"])
    for container in our_containers(document):
        yield from check_container(container, pod_of(document))
        yield from check_references(container, pod_of(document), documents)
    if kind in ("Job", "CronJob") and not our_containers(document):
        yield "it has no container tripmig"


def is_server(document):
    """Ours, not an application with our init container."""
    return any(c["name"] == "tripmig" for c in pod_of(document)["containers"])


def check_server(document):
    pod = pod_of(document)
    yield from (complaint for complaint in check_own_pod({**pod, "restartPolicy": "Never"}))
    container = our_containers(document)[0]
    ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
    for probe, path in [("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")]:
        request = container.get(probe, {}).get("httpGet", {})
        if request.get("path") != path or request.get("port") not in ports:
            yield f"its {probe} does not ask {path}"
    labels = document["spec"]["template"]["metadata"]["labels"]
    if not document["spec"]["selector"]["matchLabels"].items() <= labels.items():
        yield "its selector does not find its pods"


def check_settings(data):
    for name, value in data.items():
        if name.startswith("TRIPMIG_") and re.search(r"://[^/@]*:[^/@]*@|password=", value):
            yield f"{name} has a password in it"
    url = data.get("TRIPMIG_DATABASE_URL")
    if url is not None and "sslmode=verify-full" not in url:
        yield "the server's certificate is not verified (sslmode=verify-full)"
    if url is not None and "sslrootcert=/etc/ssl/certs/ca-certificates.crt" not in url:
        yield "no root certificates: libpq would look for ~/.postgresql/root.crt, and the user has no home"


def check_own_pod(pod):
    expected = {"automountServiceAccountToken": False, "enableServiceLinks": False, "restartPolicy": "Never"}
    for key, value in expected.items():
        if pod.get(key) != value:
            yield f"{key} is not {value}"
    if not 30 <= pod.get("terminationGracePeriodSeconds", 0) <= 600:
        yield "terminationGracePeriodSeconds is not set"
    for key in ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"):
        if pod.get(key):
            yield f"{key} is on"


def check_job(job, nightly):
    for key in ("activeDeadlineSeconds", "backoffLimit"):
        if not job.get(key):
            yield f"{key} is not set"
    if not nightly and not job.get("ttlSecondsAfterFinished"):
        yield "a finished Job stays for ever"
    # A run may have to wait for another one that long.
    if job.get("activeDeadlineSeconds", 0) <= 15 * 60:
        yield "activeDeadlineSeconds is shorter than run_lock_wait"
    rules = job.get("podFailurePolicy", {}).get("rules", [])
    fail = [rule["onExitCodes"] for rule in rules if rule["action"] == "FailJob"]
    codes = set(fail[0]["values"]) if len(fail) == 1 and fail[0]["operator"] == "In" else set()
    # 3 is no code of these commands but of `status` and `wait`.
    if codes != exit_codes() - TRY_AGAIN - {0, 3}:
        yield f"exit codes that fail the Job: {sorted(codes)}"
    disruption = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    if disruption not in rules:
        yield "an evicted pod counts as a failure"


def check_container(container, pod):
    own, pods = container.get("securityContext", {}), pod.get("securityContext", {})
    both = {**pods, **own}
    if both.get("runAsNonRoot") is not True or not both.get("runAsUser"):
        yield "it may run as root, or by a name that Kubernetes cannot tell from root"
    if both.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "it has no seccomp profile"
    if own.get("readOnlyRootFilesystem") is not True:
        yield "its root file system can be written"
    if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
        yield "it may gain privileges"
    if own.get("capabilities") != {"drop": ["ALL"]}:
        yield "it has capabilities"
    resources = container.get("resources", {})
    if not {"cpu", "memory"} <= set(resources.get("requests", {})) or "memory" not in resources.get("limits", {}):
        yield "requests or the memory limit are missing"
    if not re.search(r":[^/:]+$", container["image"]) or container["image"].endswith(":latest"):
        yield f"the image {container['image']} has no tag of a release"
    if command_of(container) not in COMMANDS:
        yield f"nothing has run its command: {container['args']}"
    yield from check_secrets(container, pod)


def command_of(container):
    """Its arguments, without what all have; the table's name does not matter."""
    args = list(container.get("args", []))
    if args[-2:] == ["--log-format", "json"]:
        args = args[:-2]
    if args[:2] == ["swap", "run"] and len(args) == 3:
        args[2] = "TABLE"
    return tuple(args)


def check_secrets(container, pod):
    """Secrets are files in a volume that is mounted read-only, never in the environment."""
    if any("secretRef" in source for source in container.get("envFrom", [])):
        yield "a Secret is in its environment"
    variables = {variable["name"]: variable for variable in container.get("env", [])}
    if any("secretKeyRef" in variable.get("valueFrom", {}) for variable in variables.values()):
        yield "a Secret is in its environment"
    path = variables.get("TRIPMIG_DATABASE_PASSWORD_FILE", {}).get("value", "")
    mounts = [mount for mount in container.get("volumeMounts", []) if path.startswith(mount["mountPath"] + "/")]
    if len(mounts) != 1 or mounts[0].get("readOnly") is not True:
        yield "the password's file is in no volume that is mounted read-only"
        return
    volumes = [volume for volume in pod.get("volumes", []) if volume["name"] == mounts[0]["name"]]
    if len(volumes) != 1 or len(volumes[0]) != 2 or not ("secret" in volumes[0] or "csi" in volumes[0]):
        yield f"the volume {mounts[0]['name']} is neither a Secret nor the CSI driver's"
        return
    mode, group = volumes[0].get("secret", {}).get("defaultMode"), pod.get("securityContext", {}).get("fsGroup")
    if "secret" in volumes[0] and not (mode == 0o444 or (mode == 0o440 and group)):
        yield "the user cannot read the password's file"


def check_references(container, pod, documents):
    known = {(document["kind"], document["metadata"]["name"]) for document in documents}
    wanted = {("ConfigMap", source["configMapRef"]["name"]) for source in container.get("envFrom", []) if "configMapRef" in source}
    for variable in container.get("env", []):
        if "configMapKeyRef" in variable.get("valueFrom", {}):
            wanted.add(("ConfigMap", variable["valueFrom"]["configMapKeyRef"]["name"]))
    for volume in pod.get("volumes", []):
        if "csi" in volume:
            wanted.add(("SecretProviderClass", volume["csi"]["volumeAttributes"]["secretProviderClass"]))
    for kind, name in sorted(wanted - known):
        yield f"there is no {kind} {name}"


def check_schedule(spec):
    if spec.get("concurrencyPolicy") != "Forbid":
        yield "two may run at once"
    for key in ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "timeZone"):
        if not spec.get(key):
            yield f"{key} is not set"
            return
    latest = spec["startingDeadlineSeconds"] + spec["jobTemplate"]["spec"].get("activeDeadlineSeconds", 0)
    yield from check_hours(spec["schedule"], spec["timeZone"], latest)


def check_hours(schedule, time_zone, seconds):
    """A run that begins by this daily schedule and ends `seconds` later at the latest keeps off the maintenance hour."""
    minute, hour, *days = schedule.split()
    if days != ["*", "*", "*"] or not minute.isdigit() or not hour.isdigit():
        yield f"{schedule} is not once a day"
        return
    for day in range(0, 365, 7):  # summer time comes and goes
        local = datetime.datetime(2026, 1, 1, int(hour), int(minute), tzinfo=zoneinfo.ZoneInfo(time_zone)) + datetime.timedelta(days=day)
        start = local.astimezone(datetime.timezone.utc)
        for date in (start.date(), start.date() + datetime.timedelta(days=1)):
            closed = datetime.datetime.combine(date, datetime.time(MAINTENANCE_HOUR_UTC), tzinfo=datetime.timezone.utc)
            if start < closed + datetime.timedelta(hours=1) and closed < start + datetime.timedelta(seconds=seconds):
                yield f"{schedule} {time_zone} can be at work at {MAINTENANCE_HOUR_UTC:02}:00 UTC"
                return


def image_has(path):
    """Is that file in the image? What deploy/Dockerfile installs by name."""
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    return path == "/etc/ssl/certs/ca-certificates.crt" and "/tmp/tripmig.deb ca-certificates" in text
