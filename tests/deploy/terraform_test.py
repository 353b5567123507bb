#!/usr/bin/python3
"""deploy/terraform: every name in it exists, here and in the provider; its outputs are the overlay's settings; no secret in it."""
import pathlib
import re
import shutil
import tempfile
import unittest

import terraform
from support import DEPLOY, main, run, tool

FOLDER = DEPLOY / "terraform"
SETTINGS = DEPLOY / "kubernetes/overlays/trip/settings"
EXAMPLE = FOLDER / "examples/trip.tfvars"

# Each breaks one name: file, what stands there, what is written instead, what must be said.
BREAKAGES = [
    ("server.tf", "var.sku_name", "var.sku", "there is no variable sku"),
    ("server.tf", "var.names.server", "var.names.srv", "variable names has no srv"),
    ("network.tf", "azurerm_subnet.endpoints.id", "azurerm_subnet.database.id", "there is no azurerm_subnet.database.id"),
    ("network.tf", "azurerm_postgresql_flexible_server.replica :", "azurerm_postgresql_flexible_server.replicas :",
     "there is no azurerm_postgresql_flexible_server.replicas"),
    ("outputs.tf", "azurerm_postgresql_flexible_server.this.fqdn}:5432", "azurerm_postgresql_flexible_server.this.host}:5432",
     "azurerm_postgresql_flexible_server has no host"),
    ("outputs.tf", "data.azurerm_client_config.current.tenant_id", "data.azurerm_client_config.current.tenant",
     "azurerm_client_config has no tenant"),
    ("outputs.tf", "replica[*].fqdn", "replica[*].name_of_it", "azurerm_postgresql_flexible_server has no name_of_it"),
    ("secrets.tf", "ephemeral.random_password.service.result", "ephemeral.random_password.service.password", "random_password has no password"),
    ("secrets.tf", "[azurerm_role_assignment.terraform_secrets]", "[azurerm_role_assignment.secrets]", "there is no azurerm_role_assignment.secrets"),
    ("monitoring.tf", "enabled_metric {", "metrics {", "there is no argument metrics"),
    ("monitoring.tf", "    threshold        = each.value.threshold\n", "", "threshold is missing"),
    ("monitoring.tf", "      use_common_alert_schema = true", "      common_alert_schema = true", "there is no argument common_alert_schema"),
    ("backup.tf", '"azurerm_storage_management_policy"', '"azurerm_storage_policy"', "azurerm has no storage_policy"),
    ("variables.tf", 'variable "zone"', 'variable "zones"', "there is no variable zone"),
]


def texts(folder=FOLDER):
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf"))}


def errors(files):
    return list(terraform.Files(terraform.parse(files)).errors())


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.parsed = terraform.parse({**texts(), "trip.tfvars": EXAMPLE.read_text(encoding="utf-8")})
        cls.example = cls.parsed.pop("trip.tfvars")
        cls.files = terraform.Files(cls.parsed)

    def test_all_exist(self):
        self.assertEqual(list(self.files.errors()), [])

    def test_a_broken_one_is_found(self):
        good = texts()
        broken = {}
        for number, (file, old, new, _) in enumerate(BREAKAGES):
            self.assertIn(old, good[file])
            broken[f"{number}.tf"] = good[file].replace(old, new, 1)
        parsed = terraform.parse(broken)
        for number, (file, _, _, message) in enumerate(BREAKAGES):
            with self.subTest(BREAKAGES[number]):
                found = list(terraform.Files({**self.parsed, file: parsed[f"{number}.tf"]}).errors())
                self.assertIn(message, "\n".join(found))
        with self.assertRaises(ValueError):
            terraform.parse({"main.tf": 'resource "a" "b" {'})

    def test_the_example_sets_the_variables(self):
        variables = self.files.blocks["variable"]
        self.assertEqual(set(self.example) - set(variables), set())
        missing = {name for name, body in variables.items() if "default" not in body} - set(self.example)
        self.assertEqual(missing, {"subscription_id"}, "given on the command line, as its first lines say")
        for name, value in self.example.items():
            type_ = variables[name]["type"]
            if "object(" in type_ and "map(" not in type_:
                self.assertEqual(set(value), set(terraform.object_keys(type_)), name)

    def test_no_password_in_the_state(self):
        for where, kind, _, body in self.files.bodies:
            text = " ".join(terraform.strings(body))
            if "random_password" in text or kind == "output":
                for argument in ("administrator_password", "value"):
                    if kind == "resource":
                        self.assertNotIn(argument, body, where)
                self.assertNotIn("_password.", text if kind == "output" else "", where)
        self.assertNotIn(("random_password",), {name[:1] for name in self.files.blocks["resource"]})

    def test_the_outputs_are_the_overlay_s_settings(self):
        outputs = self.files.blocks["output"]
        for output, file in {"tripmig_env": "tripmig.env", "azure_env": "azure.env"}.items():
            lines = [line for line in outputs[output]["value"].splitlines() if line]
            there = [line for line in (SETTINGS / file).read_text().splitlines() if not line.startswith("#")]
            self.assertEqual([line.split("=")[0] for line in lines], [line.split("=")[0] for line in there])
        # The connection and the vault, with the example's values, are what the overlay has now.
        names = self.example["names"]
        url = outputs["tripmig_env"]["value"].strip()
        for path, value in {"var.administrator_login": self.example["administrator_login"],
                            "azurerm_postgresql_flexible_server.this.fqdn": names["server"] + ".postgres.database.azure.com",
                            "azurerm_postgresql_flexible_server_database.this.name": self.example["database_name"]}.items():
            url = url.replace("${" + path + "}", value)
        self.assertIn(url, (SETTINGS / "tripmig.env").read_text().splitlines())
        self.assertIn(f"KEY_VAULT_NAME={names['key_vault']}", (SETTINGS / "azure.env").read_text().splitlines())
        for name in (names["resource_group"], names["migrations_identity"]):
            self.assertIn(name, (SETTINGS / "azure.env").read_text())
        provider = (DEPLOY / "kubernetes/components/azure-key-vault/secret-provider-class.yaml").read_text()
        self.assertIn(f"objectName: {self.example['password_secret']}\n", provider)
        account = self.example["service_account"]
        self.assertIn(f"namespace: {account['namespace']}\n", (SETTINGS / "kustomization.yaml").read_text())
        self.assertIn(f"name: {account['name']}\n", (DEPLOY / "kubernetes/base/service-account.yaml").read_text())


class Page(unittest.TestCase):
    def test_what_it_names_exists(self):
        text = (FOLDER / "README.md").read_text(encoding="utf-8")
        for name in re.findall(r"`([\w/.-]+\.(?:tf|tfvars|hcl))`", text):
            self.assertTrue((FOLDER / name).is_file(), name)
        variables = "\n".join(texts().values())
        for name in re.findall(r"terraform output -\w+ (\w+)", text):
            self.assertIn(f'output "{name}"', variables)
        for name in re.findall(r"variable `(\w+)`", text):
            self.assertIn(f'variable "{name}"', variables)


class Program(unittest.TestCase):
    """With Terraform itself, where there is one. It needs no provider for this."""

    def setUp(self):
        self.terraform = tool("terraform")

    def test_formatted(self):
        result = run(self.terraform, "fmt", "-check", "-diff", "-recursive", FOLDER)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def plan(self, *arguments):
        """The variables alone, with their types and validations."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tripmig-terraform-"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copy(FOLDER / "variables.tf", folder)
        result = run(self.terraform, f"-chdir={folder}", "init", "-input=false", "-no-color")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return run(self.terraform, f"-chdir={folder}", "plan", "-input=false", "-no-color", f"-var-file={EXAMPLE}", "-var=subscription_id=0", *arguments)

    def test_the_example_is_valid(self):
        result = self.plan()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_guide_s_mistakes_are_refused(self):
        for argument, message in {
                "-var=location=koreasouth": "Korea South has no availability zones",
                "-var=replica_sku_name=B_Standard_B2s": "cannot be Burstable",
                '-var=server_parameters={shared_buffers="512MB"}': "plain numbers",
                '-var=monthly_budget={amount=500,start="2024-01-15T00:00:00Z",emails=[]}': "first of a month",
                '-var=high_availability={mode="ZoneRedundant",standby_zone="1"}': "in another zone",
                "-var=alert_emails={}": "nobody receives"}.items():
            with self.subTest(argument):
                result = self.plan(argument)
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertIn(message, re.sub(r"[\s│]+", " ", result.stderr))


if __name__ == "__main__":
    main()
