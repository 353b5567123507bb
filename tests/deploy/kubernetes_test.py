#!/usr/bin/python3
"""deploy/kubernetes and deploy/helm, rendered by kubectl and helm, have what docs/kubernetes.md promises."""
import copy
import json
import pathlib
import re
import shutil
import tempfile
import unittest

import yaml

import manifests
from support import DEPLOY, ROOT, TOOLS, documents, main, run, tool, yaml_blocks

APPLICATION = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels: {tripmig/init: INIT}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      initContainers: [{name: cache, image: "shop:1"}]
      containers: [{name: shop, image: "shop:1"}]
      volumes: [{name: cache, emptyDir: {}}]
"""
VALUES = ["--set", "image.repository=registry.example/shop-migrations", "--set-string", "image.tag=7", "--set",
          "database.url=postgresql://shop_owner@db.example/shop?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"]
# All that any test rendered, for the last one.
rendered = []


class Scratch(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-deploy-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def keep(self, result, command):
        self.assertEqual(result.returncode, 0, f"{command}: {result.stderr}")
        found = documents(result.stdout)
        rendered.extend(found)
        self.assertEqual(manifests.check(found), [])
        return found

    def one(self, found, kind):
        matching = [document for document in found if document["kind"] == kind]
        self.assertEqual(len(matching), 1, f"{kind}: {len(matching)}")
        return matching[0]


class Kustomize(Scratch):
    def setUp(self):
        super().setUp()
        self.kubectl = tool("kubectl")

    def render(self, folder):
        return self.keep(run(self.kubectl, "kustomize", folder), folder)

    def application(self, init, *components):
        """Another service than trip, which uses these components."""
        shutil.copytree(DEPLOY / "kubernetes", self.folder / "tripmig")
        (self.folder / "shop").mkdir()
        (self.folder / "shop" / "deployment.yaml").write_text(APPLICATION.replace("INIT", init))
        (self.folder / "shop" / "kustomization.yaml").write_text(yaml.safe_dump({
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
            "resources": ["../tripmig/base", "deployment.yaml"],
            "components": [f"../tripmig/components/{name}" for name in components],
            "images": [{"name": "tripmig", "newName": "registry.example/shop-migrations", "newTag": "7"}],
            "configMapGenerator": [{"name": "tripmig", "literals": [VALUES[-1].replace("database.url", "TRIPMIG_DATABASE_URL")]},
                                   {"name": "tripmig-swap", "literals": ["table=orders"]}],
        }))
        return self.render(self.folder / "shop")

    def test_the_trip_service(self):
        found = self.render(DEPLOY / "kubernetes/overlays/trip")
        self.assertEqual(sorted(d["kind"] for d in found), ["ConfigMap", "CronJob", "Job", "SecretProviderClass", "ServiceAccount"])
        self.assertEqual({d["metadata"]["namespace"] for d in found}, {"trip-prod"})
        self.assertEqual(self.one(found, "CronJob")["spec"]["timeZone"], "Asia/Seoul")
        vault = self.one(found, "SecretProviderClass")["spec"]["parameters"]
        self.assertEqual(vault["keyvaultName"], "kv-tripgen-trip-prod")
        self.assertNotIn("set-by-the-overlay", vault.values())
        objects = [yaml.safe_load(text) for text in yaml.safe_load(vault["objects"])["array"]]
        self.assertEqual([(o["objectName"], o["objectAlias"]) for o in objects], [("trip-db-password", "password")])
        self.assertTrue(manifests.image_has("/etc/ssl/certs/ca-certificates.crt"))

    def test_the_trip_service_s_swap(self):
        found = self.render(DEPLOY / "kubernetes/overlays/trip-swap")
        self.assertEqual(sorted(d["kind"] for d in found), ["ConfigMap", "ConfigMap", "Job", "SecretProviderClass"])
        table = [d["data"]["table"] for d in found if "table" in d.get("data", {})]
        self.assertEqual(table, ["trip_plans"])
        # Both overlays apply the same settings, not two versions of them.
        former = self.render(DEPLOY / "kubernetes/overlays/trip")
        for document in found:
            if document["kind"] != "Job" and "table" not in document.get("data", {}):
                self.assertIn(document, former)

    def test_wait(self):
        found = self.application("wait", "wait")
        pod = manifests.pod_of(self.one(found, "Deployment"))
        self.assertEqual([c["name"] for c in pod["initContainers"]], ["tripmig", "cache"])
        self.assertEqual(pod["initContainers"][0]["args"][0], "wait")
        self.one(found, "Job")

    def test_up_in_an_init_container(self):
        found = self.application("up", "up-in-init-container")
        pod = manifests.pod_of(self.one(found, "Deployment"))
        self.assertEqual(pod["initContainers"][0]["args"][0], "up")
        self.assertEqual([d for d in found if d["kind"] == "Job"], [])
        self.one(found, "CronJob")

    def test_an_application_without_the_label_is_left_alone(self):
        found = self.application("other", "wait", "up-in-init-container")
        pod = manifests.pod_of(self.one(found, "Deployment"))
        self.assertEqual([c["name"] for c in pod["initContainers"]], ["cache"])

    def test_serve(self):
        found = self.application("wait", "serve")
        (server,) = [d for d in found if d["kind"] == "Deployment" and d["metadata"]["name"] == "tripmig-serve"]
        service = self.one(found, "Service")
        self.assertLessEqual(service["spec"]["selector"].items(), server["spec"]["template"]["metadata"]["labels"].items())
        self.assertTrue(service["spec"]["publishNotReadyAddresses"])
        broken = copy.deepcopy(server)
        manifests.pod_of(broken)["containers"][0]["readinessProbe"]["httpGet"]["path"] = "/"
        self.assertIn("Deployment tripmig-serve: its readinessProbe does not ask /readyz", manifests.check([broken]))

    def test_key_vault_for_all(self):
        found = self.application("wait", "wait", "swap", "serve", "azure-key-vault")
        volumes = [v for d in found for v in (manifests.pod_of(d) or {}).get("volumes", []) if v["name"] != "cache"]
        self.assertEqual(len(volumes), 5)
        self.assertTrue(all("csi" in volume for volume in volumes), volumes)

    def test_argo_cd(self):
        found = self.application("wait", "wait", "argo-cd")
        waves = {d["kind"]: d["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-wave") for d in found}
        self.assertEqual((waves["ServiceAccount"], waves["ConfigMap"], waves["Job"], waves["Deployment"]), ("-2", "-2", "-1", None))
        self.assertEqual(self.one(found, "Job")["metadata"]["annotations"]["argocd.argoproj.io/hook"], "Sync")

    def test_another_service_by_the_page_alone(self):
        """docs/kubernetes.md, followed to the letter: its files, beside a copy of deploy/kubernetes."""
        blocks = [(path, text) for path, text in yaml_blocks("docs/kubernetes.md") if path]
        self.assertTrue(blocks)
        shutil.copytree(DEPLOY / "kubernetes", self.folder / "deploy/tripmig")
        for path, text in blocks:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)
        found = self.render(self.folder / "deploy/shop")
        self.one(found, "Job"), self.one(found, "CronJob")
        self.assertEqual(manifests.pod_of(self.one(found, "Deployment"))["initContainers"][0]["args"][0], "wait")
        found = self.render(self.folder / "deploy/shop-swap")
        self.assertEqual(self.one(found, "Job")["metadata"]["name"], "tripmig-swap")

    def test_a_shard_by_the_page_alone(self):
        """docs/beyond-one-server.md: everything of a shard has its name, and its secret."""
        ((path, text),) = [block for block in yaml_blocks("docs/beyond-one-server.md") if block[0]]
        shutil.copytree(DEPLOY / "kubernetes", self.folder / "deploy/tripmig")
        (self.folder / path).parent.mkdir(parents=True)
        (self.folder / path).write_text(text)
        found = self.render((self.folder / path).parent)
        self.assertEqual(self.one(found, "Job")["metadata"]["name"], "tripmig-up-shard-1")
        for kind in ("Job", "CronJob"):
            (volume,) = manifests.pod_of(self.one(found, kind))["volumes"]
            self.assertEqual(volume["secret"]["secretName"], "tripmig-database-shard-1")
        self.assertIn("shard-1.example", self.one(found, "ConfigMap")["data"]["TRIPMIG_DATABASE_URL"])


class Helm(Scratch):
    chart = DEPLOY / "helm/tripmig"

    def setUp(self):
        super().setUp()
        self.helm = tool("helm")

    def template(self, *arguments, chart=None, release="tripmig"):
        return run(self.helm, "template", release, chart or self.chart, *arguments)

    def render(self, *arguments, **options):
        return self.keep(self.template(*VALUES, *arguments, **options), arguments)

    def test_lint(self):
        result = run(self.helm, "lint", "--strict", self.chart, *VALUES)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_same_as_kustomize(self):
        """With its default values: the specs of Job and CronJob, but for labels, names and the image."""
        chart = self.render("--set", "swap.table=TABLE")
        base = documents(run(tool("kubectl"), "kustomize", DEPLOY / "kubernetes/base").stdout)
        base += documents((DEPLOY / "kubernetes/components/swap/swap.yaml").read_text())
        for component in ("up", "maintain", "swap"):
            pair = [self.plain(d) for d in chart + base if d["metadata"].get("labels", {}).get("app.kubernetes.io/component") == component]
            self.assertEqual(len(pair), 2, component)
            self.assertEqual(pair[0], pair[1])

    def test_serve_is_the_same_as_kustomize_s(self):
        chart = self.render("--set", "serve.enabled=true")
        pair = [self.one(chart, "Deployment"), documents((DEPLOY / "kubernetes/components/serve/serve.yaml").read_text())[0]]
        pods = [self.plain(d)["template"]["spec"] for d in pair]
        self.assertEqual(pods[0], pods[1])

    def plain(self, document):
        spec = copy.deepcopy(document["spec"])
        job = spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec
        spec.get("jobTemplate", {}).pop("metadata", None)
        job["template"].pop("metadata", None)
        container = job["template"]["spec"]["containers"][0]
        container.pop("image"), container.pop("imagePullPolicy", None)
        container["args"] = ["TABLE" if arg == "$(SWAP_TABLE)" else arg for arg in container["args"]]
        container["env"] = [v for v in container["env"] if v["name"] != "SWAP_TABLE"]
        return spec

    def test_a_hook_has_what_it_needs_before_the_release(self):
        found = self.render("--set", "up.hook=true")
        early = [d for d in found if "helm.sh/hook" in d["metadata"].get("annotations", {})]
        self.assertEqual(sorted(d["kind"] for d in early), ["ConfigMap", "Job", "ServiceAccount"])
        self.assertEqual(manifests.check(early), [])
        job = self.one(early, "Job")
        self.assertEqual(manifests.pod_of(job)["serviceAccountName"], self.one(early, "ServiceAccount")["metadata"]["name"])
        weights = {d["kind"]: int(d["metadata"]["annotations"]["helm.sh/hook-weight"]) for d in early}
        self.assertLess(max(weights["ConfigMap"], weights["ServiceAccount"]), weights["Job"])

    def test_what_can_be_set(self):
        values = {"config": {"TRIPMIG_MIGRATIONS_LOCK_TIMEOUT": "2s"}, "imagePullSecrets": [{"name": "pull"}],
                  "database": {"volume": {"csi": {"driver": "secrets-store.csi.k8s.io", "readOnly": True,
                                                  "volumeAttributes": {"secretProviderClass": "vault"}}}},
                  "serviceAccount": {"name": "owner", "annotations": {"a/b": "c"}}, "podLabels": {"team": "data"}, "podAnnotations": {"note": "text"},
                  "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "batch", "operator": "Exists"}], "affinity": {"nodeAffinity": {}},
                  "maintain": {"schedule": "30 2 * * *", "timeZone": "Asia/Seoul"}}
        (self.folder / "values.yaml").write_text(yaml.safe_dump(values))
        result = self.template(*VALUES, "--values", self.folder / "values.yaml", release="shop")
        self.assertEqual(result.returncode, 0, result.stderr)
        found = documents(result.stdout)
        vault = {"apiVersion": "secrets-store.csi.x-k8s.io/v1", "kind": "SecretProviderClass", "metadata": {"name": "vault"}}
        self.assertEqual(manifests.check(found + [vault]), [])
        rendered.extend(found)
        pod = manifests.pod_of(self.one(found, "CronJob"))
        self.assertEqual((pod["serviceAccountName"], pod["nodeSelector"], pod["imagePullSecrets"]), ("owner", {"disk": "ssd"}, [{"name": "pull"}]))
        self.assertEqual(self.one(found, "CronJob")["metadata"]["name"], "shop-tripmig-maintain")
        self.assertEqual(self.one(found, "ConfigMap")["data"]["TRIPMIG_MIGRATIONS_LOCK_TIMEOUT"], "2s")

    def test_as_a_dependency_of_the_application(self):
        chart = self.folder / "shop"
        shutil.copytree(self.chart, chart / "charts/tripmig")
        (chart / "templates").mkdir()
        (chart / "Chart.yaml").write_text("{apiVersion: v2, name: shop, version: 1.0.0, dependencies: [{name: tripmig, version: 0.1.0}]}\n")
        for name in ("waitContainer", "upContainer"):
            text = APPLICATION.replace("INIT", "none").replace(
                '[{name: cache, image: "shop:1"}]', '[{{ include "tripmig.%s" .Subcharts.tripmig | fromYaml | toJson }}]' % name).replace(
                "[{name: cache, emptyDir: {}}]", '[{{ include "tripmig.waitVolume" .Subcharts.tripmig | fromYaml | toJson }}]')
            (chart / "templates/shop.yaml").write_text(text)
            values = [value.replace("image.", "tripmig.image.").replace("database.url", "tripmig.database.url") for value in VALUES]
            found = self.keep(self.template(*values, chart=chart, release="shop"), name)
            pod = manifests.pod_of(self.one(found, "Deployment"))
            self.assertEqual(pod["initContainers"][0]["args"][0], name.removesuffix("Container"))

    def test_the_page_s_words(self):
        page = (ROOT / "docs/kubernetes.md").read_text()
        lines = re.findall(r"^ *- (\{\{ include .*\}\})$", page, re.M)
        helpers = (self.chart / "templates/_helpers.tpl").read_text()
        self.assertEqual(len(lines), 2)
        for line in lines:
            self.assertIn(line, helpers)
        values = dict(re.findall(r"--set(?:-string)? '?([a-z.]+)=([^' ]+)", page))
        found = self.keep(self.template(*(part for item in values.items() for part in ("--set-string", "=".join(item)))), "docs/kubernetes.md")
        self.assertEqual(manifests.pod_of(self.one(found, "Job"))["containers"][0]["image"], "registry.example/shop-migrations:7")

    def test_wrong_values_are_refused(self):
        for arguments, words in [
            ([], "image"),
            (VALUES + ["--set-string", "image.tag=latest"], "tag"),
            (VALUES + ["--set", "database.url=postgresql://a:secret@b/c"], "url"),
            (VALUES + ["--set", "maintian.enabled=false"], "maintian"),
            (VALUES + ["--set", "config.LOCK_TIMEOUT=2s"], "LOCK_TIMEOUT"),
            (VALUES + ["--set", "up.waitForDatabase=60"], "waitForDatabase"),
            (VALUES + ["--set", "maintain.schedule=daily"], "schedule"),
        ]:
            with self.subTest(arguments[-1:]):
                result = self.template(*arguments)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(words, result.stderr)


class Checks(unittest.TestCase):
    """The checks themselves: each sees what it is for."""

    def test_they_can_fail(self):
        good = documents(run(tool("kubectl"), "kustomize", DEPLOY / "kubernetes/overlays/trip").stdout)
        night = next(d for d in good if d["kind"] == "CronJob")
        self.assertEqual(manifests.check(good), [])

        def broken(change):
            bad = copy.deepcopy(good)
            change(next(d for d in bad if d["kind"] == "CronJob"))
            return manifests.check(bad)
        container = lambda d: manifests.our_containers(d)[0]
        pod = manifests.pod_of
        for change in [
            lambda d: d["spec"].update(timeZone="Etc/UTC", schedule="30 8 * * *"),
            lambda d: d["spec"].update(schedule="0 16 * * *"),  # 07:00 UTC, and may take until 10:00
            lambda d: d["spec"].update(timeZone="Europe/Berlin", schedule="15 10 * * *"),  # in summer alone
            lambda d: d["spec"].pop("timeZone"),
            lambda d: d["spec"].update(concurrencyPolicy="Allow"),
            lambda d: manifests.job_of(d).pop("activeDeadlineSeconds"),
            lambda d: manifests.job_of(d)["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"].append(5),
            lambda d: manifests.job_of(d)["podFailurePolicy"]["rules"].pop(),
            lambda d: pod(d)["securityContext"].pop("runAsNonRoot"),
            lambda d: pod(d)["securityContext"].pop("seccompProfile"),
            lambda d: pod(d).pop("terminationGracePeriodSeconds"),
            lambda d: pod(d).update(automountServiceAccountToken=True),
            lambda d: container(d)["securityContext"].update(readOnlyRootFilesystem=False),
            lambda d: container(d)["securityContext"]["capabilities"].update(add=["NET_RAW"]),
            lambda d: container(d)["resources"].pop("limits"),
            lambda d: container(d).update(image="registry.example/trip-migrations"),
            lambda d: container(d).update(args=["partition", "drain"]),
            lambda d: container(d)["volumeMounts"][0].pop("readOnly"),
            lambda d: container(d)["envFrom"].append({"secretRef": {"name": "x"}}),
            lambda d: container(d)["envFrom"][0]["configMapRef"].update(name="nowhere"),
            lambda d: pod(d)["volumes"][0].pop("csi"),
        ]:
            self.assertTrue(broken(change), f"unseen in {night['metadata']['name']}")
        self.assertTrue(list(manifests.check_settings({"TRIPMIG_DATABASE_URL": "postgresql://a:b@c/d?sslmode=verify-full"})))


class Fields(unittest.TestCase):
    """Runs last: every field of every rendered object is one that Kubernetes knows, of the right type."""
    TYPES = {"Job": "batch/v1", "CronJob": "batch/v1", "Deployment": "apps/v1", "Service": "core/v1", "ServiceAccount": "core/v1",
             "ConfigMap": "core/v1"}

    def test_all_fields(self):
        tsc = tool("tsc")
        if not rendered:
            self.skipTest("nothing was rendered")
        texts = {json.dumps(document) for document in rendered if document["kind"] in self.TYPES}
        self.assertGreater(len(texts), 10)
        unknown = {document["kind"] for document in rendered} - set(self.TYPES)
        self.assertLessEqual(unknown, {"SecretProviderClass"})
        lines = [f"import type {{ {kind} }} from 'kubernetes-types/{module}'" for kind, module in self.TYPES.items()]
        lines += [f"export const _{n}: {json.loads(text)['kind']} = {text}" for n, text in enumerate(sorted(texts))]
        # And it sees a word that is wrong: without an error here, that line is one.
        lines.append("// @ts-expect-error\nexport const _bad: Job = {spec: {template: {spec: {containers: [{name: '', securityContext: {readOnlyRootFileSystem: true}}]}}}}")
        with tempfile.TemporaryDirectory(dir=TOOLS / "types") as folder:
            file = pathlib.Path(folder) / "rendered.ts"
            file.write_text("\n".join(lines) + "\n")
            result = run(tsc, "--noEmit", "--strict", "--skipLibCheck", "--lib", "es5", "--module", "commonjs", "--ignoreConfig", file, cwd=folder)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


def load_tests(loader, _tests, _pattern):
    suite = unittest.TestSuite()
    for case in (Kustomize, Helm, Checks, Fields):
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    main()
