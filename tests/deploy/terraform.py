"""What can be known of Terraform's files without the provider: every name that they use exists.

hcl2json parses them; the provider's arguments and attributes are read from the types that the CDK for Terraform has of it."""
import functools
import json
import os
import re
import subprocess
import unittest

from support import TOOLS

PARSER = TOOLS / "hcl" / "node_modules" / "@cdktf" / "hcl2json"
PROVIDER = TOOLS / "azurerm"  # of @cdktf/provider-azurerm: lib/<resource>/index.d.ts
META_ARGUMENTS = {"count", "for_each", "depends_on", "lifecycle", "provider"}
# hashicorp/random has one resource here, and no types in a package.
RANDOM_PASSWORD = {"length", "lower", "min_lower", "min_numeric", "min_special", "min_upper", "numeric", "override_special",
                   "special", "upper", "result"}
WORDS = {"for", "in", "if", "else", "endif", "endfor", "true", "false", "null"}
SCRIPT = """
const {parse} = require(process.argv[1]);
const files = JSON.parse(require('fs').readFileSync(0, 'utf8'));
(async () => {
    const parsed = {};
    for (const [name, text] of Object.entries(files)) parsed[name] = await parse(name, text);
    process.stdout.write(JSON.stringify(parsed));
})().catch(error => { process.stderr.write(String(error.message)); process.exit(1); });
"""


def parse(files):
    """{name: text} -> {name: what hcl2json makes of it}; a ValueError for what is not HCL."""
    if not PARSER.is_dir():
        raise unittest.SkipTest("there is no hcl2json here; scripts/deploy-tools fetches it where there is npm")
    result = subprocess.run(["node", "-e", SCRIPT, str(PARSER)], input=json.dumps(files), text=True, capture_output=True,
                            env={"PATH": os.environ["PATH"]}, timeout=240)
    if result.returncode != 0:
        raise ValueError(result.stderr)
    return json.loads(result.stdout)


def templates(text):
    """The code between ${ and its brace, in a string or a template."""
    start = text.find("${")
    while start >= 0:
        depth, end, quoted = 1, start + 2, False
        while end < len(text) and depth:
            if quoted and text[end] == "\\":
                end += 1
            elif text[end] == '"':
                quoted = not quoted
            elif not quoted or text.startswith("${", end):
                depth_change = {"{": 1, "}": -1}.get(text[end], 0)
                if quoted:  # a template within a string within the code: a string of its own
                    inner = next(templates(text[end:]))
                    end += len(inner) + 2
                    depth_change = 0
                depth += depth_change
            end += 1
        yield text[start + 2:end - 1]
        start = text.find("${", end)


def references(text):
    """Dotted names in the templates of a text: [("var", "names", "server"), ...]."""
    for code in templates(text):
        bare, rest = [], code
        while True:
            found = re.search(r'"(?:[^"\\$]|\\.|\$(?!\{)|\$\{(?:[^{}"]|"[^"]*")*\})*"', rest)
            if not found:
                bare.append(rest)
                break
            bare.append(rest[:found.start()] + ' "" ')
            yield from references(found.group(0)[1:-1])
            rest = rest[found.end():]
        code = "".join(bare)
        own = set(re.findall(r"\bfor\s+(\w+)", code)) | set(re.findall(r"\bfor\s+\w+\s*,\s*(\w+)", code))
        code = re.sub(r"\[[^\]]*\]", lambda found: found.group(0) if "." in found.group(0) else "", code)
        for found in re.finditer(r"(?<![\w.\-])[A-Za-z_][\w\-]*(?:\.[A-Za-z_*][\w\-]*)*(?!\w|\s*\(|\s*=[^=>])", code):
            path = tuple(found.group(0).split("."))
            if path[0] not in own | WORDS:
                yield path


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from strings(part)


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


class Types:
    """Of one resource of the provider: arguments by block, and attributes."""

    @staticmethod
    @functools.cache
    def of(name, data=False):
        return Types(name, data)

    def __init__(self, name, data=False):
        folder = ("data-azurerm-" if data else "") + name.replace("_", "-")
        path = PROVIDER / "lib" / folder / "index.d.ts"
        if not PROVIDER.is_dir():
            raise unittest.SkipTest("there are no types of azurerm here; scripts/deploy-tools fetches them where there is npm")
        if not path.is_file():
            raise LookupError(f"azurerm has no {'data source ' if data else ''}{name}")
        text = path.read_text()
        self.interfaces = {found.group(1): dict((argument, (mark == "", kind)) for argument, mark, kind in
                                                re.findall(r"^    readonly (\w+)(\??): ([^;\n]+)", found.group(2), re.M))
                           for found in re.finditer(r"^export interface (\w+).*?\{\n(.*?)^\}", text, re.M | re.S)}
        self.root = re.search(r"^export interface (\w+Config) ", text, re.M).group(1)
        own = text[re.search(r"^export declare class \w+ extends cdktf\.Terraform(?:Resource|DataSource|Provider)", text, re.M).start():]
        self.attributes = set(re.findall(r"^    get (\w+)\(\)", own, re.M))

    def check(self, block, where, interface=None):
        """What is wrong in a block: unknown or missing arguments."""
        known = self.interfaces[interface or self.root]
        given = set()
        for name, value in block.items():
            if interface is None and name in META_ARGUMENTS:
                continue
            if name == "dynamic":
                for inner, bodies in value.items():
                    given.add(camel(inner))
                    yield from self.nested(known, inner, [body["content"][0] for body in bodies], where)
                continue
            given.add(camel(name))
            yield from self.nested(known, name, value, where)
        for name, (required, _) in known.items():
            if required and name not in given:
                yield f"{where}: {name} is missing"

    def nested(self, known, name, value, where):
        if camel(name) not in known:
            yield f"{where}: there is no argument {name}"
            return
        kind = known[camel(name)][1].split("[")[0].split(" ")[0]
        if kind in self.interfaces:
            for body in value if isinstance(value, list) else [value]:
                yield from self.check(body, f"{where}.{name}", kind)


class Files:
    """All .tf files of a folder, as one module."""

    def __init__(self, parsed):
        self.blocks = {}  # kind -> name or (type, name) -> body
        self.bodies = []  # (where, body)
        for file, blocks in parsed.items():
            for kind, content in blocks.items():
                if kind in ("resource", "data", "ephemeral"):
                    for type_, named in content.items():
                        for name, body in named.items():
                            self.add(file, kind, (type_, name), body[0])
                elif kind in ("variable", "output", "provider"):
                    for name, body in content.items():
                        self.add(file, kind, name, body[0])
                elif kind == "locals":
                    for name, value in content[0].items():
                        self.add(file, kind, name, {"value": value})
                elif kind == "terraform":
                    self.add(file, kind, "terraform", content[0])
                else:
                    raise ValueError(f"{file}: what is a block {kind}?")

    def add(self, file, kind, name, body):
        if name in self.blocks.setdefault(kind, {}):
            raise ValueError(f"{file}: {kind} {name} is there twice")
        self.blocks[kind][name] = body
        self.bodies.append((f"{file}: {kind} {name if isinstance(name, str) else '.'.join(name)}", kind, name, body))

    def errors(self):
        used = set()
        for where, kind, name, body in self.bodies:
            iterators = set(body.get("dynamic", {})) if isinstance(body, dict) else set()
            for text in strings({key: value for key, value in body.items() if (kind, key) != ("variable", "type")}):
                for path in references(text if "${" in text else ""):
                    used.add(path[:2])
                    if path[0] not in iterators:
                        yield from self.check_reference(where, path)
            for target in body.get("depends_on", []):
                yield from self.check_reference(where, tuple(target.strip("${}").split(".")))
            if kind in ("resource", "data") and name[0].startswith("azurerm_"):
                try:
                    yield from Types.of(name[0].removeprefix("azurerm_"), kind == "data").check(body, where)
                except LookupError as error:
                    yield f"{where}: {error}"
        for name in self.blocks.get("variable", {}):
            if ("var", name) not in used:
                yield f"variable {name} is not used"
        for name in self.blocks.get("locals", {}):
            if ("local", name) not in used:
                yield f"local {name} is not used"

    def check_reference(self, where, path):
        text = ".".join(path)
        if path[0] in ("each", "self", "path", "terraform", "count"):
            return
        if len(path) == 1:
            # A type, or the argument's own word, as in ignore_changes and in a provider's name.
            return
        if path[0] == "var":
            if path[1] not in self.blocks["variable"]:
                yield f"{where}: there is no variable {path[1]}"
            elif len(path) > 2 and path[2] not in object_keys(self.blocks["variable"][path[1]]["type"]):
                yield f"{where}: variable {path[1]} has no {path[2]}"
        elif path[0] == "local":
            if path[1] not in self.blocks.get("locals", {}):
                yield f"{where}: there is no local {path[1]}"
        else:
            kind, path = ("resource", path) if path[0] not in ("data", "ephemeral") else (path[0], path[1:])
            if tuple(path[:2]) not in self.blocks.get(kind, {}):
                yield f"{where}: there is no {text}"
            elif path[0] == "random_password":
                if len(path) > 2 and path[2] not in RANDOM_PASSWORD:
                    yield f"{where}: random_password has no {path[2]}"
            elif path[0].startswith("azurerm_"):
                attribute = next((part for part in path[2:] if part != "*"), None)
                types = Types.of(path[0].removeprefix("azurerm_"), kind == "data")
                if attribute and camel(attribute) not in types.attributes:
                    yield f"{where}: {path[0]} has no {attribute}"


def object_keys(type_):
    """The keys that a variable of this type has; of a map any."""
    if "object(" not in type_ or re.match(r"\$\{map\(", type_):
        return type("Any", (), {"__contains__": lambda self, key: True})()
    return set(re.findall(r"^\s*(\w+)\s*=", type_, re.M))
