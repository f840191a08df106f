"""The static rules of security.md §6, each a function over a syntax tree; ``rules.py`` prints ``file:line rule N: …``.

A justified exception is a comment on the line: ``# rule 6: the clock is a listed module``. What needs reading, not
matching, is left to the reviewer: 15 (writes reachable from GET) and 16 (``on_commit`` for work that must happen) are
held by tests and by the job queue, and say so here.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXCEPTION = re.compile(r"# rule (\d+): \S")
LAYERS_WITH_QUERIES = {"models", "selectors", "services", "permissions", "migrations", "tasks"}
# Services and selectors that have a file of their own (.importlinter gives each its line).
LAYERS_WITH_QUERIES |= {"actors", "batches", "bulk", "deciding", "queues"}
OUTSIDE_WORLD = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "smtplib"}
SHEETS = {"csv", "openpyxl", "xlsxwriter", "python_calamine", "rustpy_xlsxwriter"}
LOOKUPS = {"filter", "exclude", "get", "annotate", "alias", "order_by", "values", "values_list", "update", "create"}
PERSONAL = {"request", "form", "person", "user", "profile", "cleaned_data", "document_number", "phone"}
HOST_CLOCK = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|timezone\.now|time\.time)$")
SECRET_WORDS = re.compile(r"(password|secret|token|captcha|code_hash|hmac)$")

type Finding = tuple[int, str]


@dataclass(frozen=True)
class Source:
    """One file: its path below the root, its tree, its lines."""

    path: str
    tree: ast.Module
    lines: list[str]

    @property
    def parts(self) -> set[str]:
        """The folders and the bare name, to ask which layer this is."""
        return set(self.path.removesuffix(".py").split("/"))

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with the dotted name of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, dotted(node.func)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported module with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.lineno, node.module
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for names and attributes; what stands before a call or a subscript is ``()``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "()"


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def managers(source: Source) -> Iterator[Finding]:
    """1: rows are reached through selectors, services, permissions and models only."""
    if source.parts & LAYERS_WITH_QUERIES or _own_query_layer(source):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            yield node.lineno, f".{node.attr} outside the layers that hold permissions"
    for call, name in source.calls():
        if _last(name) in {"get_object_or_404", "get_list_or_404"}:
            yield call.lineno, f"{_last(name)} asks nobody for permission"


def _own_query_layer(source: Source) -> bool:
    """A package named like a layer (``services/``) and a module beginning so (``selectors_desk``) are that layer."""
    stem = source.path.rpartition("/")[2].removesuffix(".py")
    return stem.split("_")[0] in LAYERS_WITH_QUERIES


def form_fields(source: Source) -> Iterator[Finding]:
    """2: forms name their fields."""
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.ClassDef) and node.name == "Meta"):
            continue
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                everything = isinstance(line.value, ast.Constant) and line.value.value == "__all__"
                if (line.targets[0].id == "fields" and everything) or line.targets[0].id == "exclude":
                    yield line.lineno, "a form names the fields it binds"


def markup(source: Source) -> Iterator[Finding]:
    """3: markup is made by templates, which escape."""
    for call, name in source.calls():
        if _last(name) in {"mark_safe", "SafeString", "SafeText", "from_string"}:
            yield call.lineno, f"{_last(name)} bypasses the escaping of templates"
        if _last(name) in {"format_html", "Markup"} and not (call.args and isinstance(call.args[0], ast.Constant)):
            yield call.lineno, f"{_last(name)} with a built string"
        if _last(name) == "Template" and "templatetags" not in source.parts:
            yield call.lineno, "a template built from a string"


def csrf(source: Source) -> Iterator[Finding]:
    """4: no route without the token."""
    for line, name in source.imports():
        if _last(name) == "csrf_exempt":
            yield line, "csrf_exempt"


def expansions(source: Source) -> Iterator[Finding]:
    """5: no request dictionary and no computed column name goes into a query."""
    for call, name in source.calls():
        for word in call.keywords:
            if word.arg is None and re.match(r"(.*\.)?(request\.\w+|form\.data|GET|POST)", dotted(word.value)):
                yield call.lineno, "a request dictionary expanded into a call"
            dictionary = word.value if word.arg is None and isinstance(word.value, ast.Dict) else None
            if _last(name) in LOOKUPS and dictionary and any(isinstance(key, ast.JoinedStr) for key in dictionary.keys):
                yield call.lineno, "a computed column name in a query"
        if _last(name) == "order_by" and any(isinstance(word, ast.JoinedStr) for word in call.args):
            yield call.lineno, "a computed column name in order_by"


def raw_sql(source: Source) -> Iterator[Finding]:
    """6: SQL is written in migrations and in lines that say why."""
    if "migrations" in source.parts:
        return
    for call, name in source.calls():
        database = _last(name) == "cursor" and "connection" in name
        if _last(name) in {"raw", "extra", "RawSQL"} or database:
            yield call.lineno, f"{_last(name)}(…): hand-written SQL"


def locks(source: Source) -> Iterator[Finding]:
    """7: locks name their strength and their order."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.stmt) or isinstance(
            node, ast.FunctionDef | ast.ClassDef | ast.With | ast.If | ast.For
        ):
            continue
        taken = [
            call
            for call in ast.walk(node)
            if isinstance(call, ast.Call) and _last(dotted(call.func)) == "select_for_update"
        ]
        for call in taken:
            if not any(word.arg == "no_key" for word in call.keywords):
                yield call.lineno, "select_for_update without no_key="
            if not _ordered_or_single(node):
                yield call.lineno, "select_for_update without order_by"


def _ordered_or_single(statement: ast.stmt) -> bool:
    names = {_last(dotted(call.func)) for call in ast.walk(statement) if isinstance(call, ast.Call)}
    return bool(names & {"order_by", "get", "aget"})


def clocks(source: Source) -> Iterator[Finding]:
    """8: business time is the database's, from kernel.clock."""
    for call, name in source.calls():
        if re.search(
            r"(^|\.)(datetime\.now|datetime\.utcnow|datetime\.today|date\.today|timezone\.now|time\.time)$", name
        ):
            yield call.lineno, f"{name}: use kernel.clock"


def chance(source: Source) -> Iterator[Finding]:
    """9: secrets come from `secrets` and are compared in constant time."""
    seeds = {"seeds", "factories"} & source.parts
    for line, name in source.imports():
        if name.split(".")[0] == "random" and not seeds:
            yield line, "random is guessable; use secrets"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Compare) and any(isinstance(sign, ast.Eq | ast.NotEq) for sign in node.ops):
            sides = [node.left, *node.comparators]
            secret = any(SECRET_WORDS.search(_last(dotted(side)).lower()) for side in sides)
            if secret and not any(isinstance(side, ast.Constant) for side in sides):
                yield node.lineno, "a secret compared with ==; use hmac.compare_digest"


def floats(source: Source) -> Iterator[Finding]:
    """10: hours and money are decimals."""
    for call, name in source.calls():
        if name == "float":
            yield call.lineno, "float(…)"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "FloatField":
            yield node.lineno, "FloatField"


def execution(source: Source) -> Iterator[Finding]:
    """11: nothing is executed or unpacked from data; no path from a request."""
    for call, name in source.calls():
        if name in {
            "eval",
            "exec",
            "os.system",
            "os.popen",
            "yaml.load",
            "pickle.loads",
            "pickle.load",
            "marshal.loads",
        }:
            yield call.lineno, f"{name}(…)"
        if any(word.arg == "shell" and getattr(word.value, "value", False) is True for word in call.keywords):
            yield call.lineno, "a command through the shell"
        if _last(name) in {"open", "Path"} and any("request" in dotted(word) for word in call.args):
            yield call.lineno, "a path from the request"


def logs(source: Source) -> Iterator[Finding]:
    """12: logs hold no forms, requests or persons."""
    for call, name in source.calls():
        if re.search(r"(^|\.)(logger|logging|log)\.(debug|info|warning|error|exception|critical)$", name):
            for word in [*call.args[1:], *(field for arg in call.args for field in _filled(arg))]:
                if _last(dotted(word)) in PERSONAL:
                    yield call.lineno, f"logs {dotted(word)}"


def _filled(node: ast.AST) -> list[ast.expr]:
    return [part.value for part in ast.walk(node) if isinstance(part, ast.FormattedValue)]


def sheets(source: Source) -> Iterator[Finding]:
    """13: one module writes spreadsheets, and one app will read them."""
    for line, name in source.imports():
        if name.split(".")[0] in SHEETS and source.path != "xueshi/kernel/spreadsheets.py":
            yield line, f"{name}: spreadsheets go through xueshi.kernel.spreadsheets"


def outgoing(source: Source) -> Iterator[Finding]:
    """14: calls to the outside are adapters'."""
    for line, name in source.imports():
        if name in OUTSIDE_WORLD and "adapters" not in source.parts:
            yield line, f"{name}: outgoing calls belong into an adapter"


def headers(source: Source) -> Iterator[Finding]:
    """17: response headers are constants or encoded by the framework."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            key = node.targets[0].slice
            named = (
                isinstance(key, ast.Constant)
                and isinstance(key.value, str)
                and re.match(r"[A-Z][a-zA-Z]+-?[A-Z]?", key.value)
            )
            if named and "response" in dotted(node.targets[0].value) and isinstance(node.value, ast.JoinedStr):
                yield node.lineno, "a header built from data"


def swallowed(source: Source) -> Iterator[Finding]:
    """18: errors are handled or they travel."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            wide = node.type is None or dotted(node.type) in {"Exception", "BaseException"}
            if wide and not any(isinstance(line, ast.Raise) for line in ast.walk(node)):
                yield node.lineno, "a wide except that does not raise again"


RULES: dict[int, Callable[[Source], Iterator[Finding]]] = {
    1: managers,
    2: form_fields,
    3: markup,
    4: csrf,
    5: expansions,
    6: raw_sql,
    7: locks,
    8: clocks,
    9: chance,
    10: floats,
    11: execution,
    12: logs,
    13: sheets,
    14: outgoing,
    17: headers,
    18: swallowed,
}
INLINE = r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+="
TEMPLATE_RULES = {
    3: (re.compile(r"\|\s*safe\b|autoescape\s+off"), "markup that is not escaped"),
    19: (re.compile(INLINE), "inline script or style; the content policy (E3) refuses it"),
}
PROPERTIES = re.compile(r"(\{%\s*\w+)\s[^%]*=[^%]*%\}")  # {% button style="primary" %} is no attribute of an element


def excused(line: str, number: int) -> bool:
    """Whether the line carries a reason for this rule."""
    return any(int(match[1]) == number for match in EXCEPTION.finditer(line))


def findings(path: str, text: str) -> Iterator[str]:
    """Every finding of one Python file that the line does not excuse."""
    source = Source(path, ast.parse(text), text.splitlines())
    for number, rule in RULES.items():
        for line, what in rule(source):
            if not excused(source.lines[line - 1], number):
                yield f"{path}:{line} rule {number}: {what}"


def template_findings(path: str, text: str) -> Iterator[str]:
    """Every finding of one template."""
    for place, line in enumerate(text.splitlines(), 1):
        for number, (pattern, what) in TEMPLATE_RULES.items():
            if pattern.search(PROPERTIES.sub(r"\1", line)) and f"rule {number}:" not in line:
                yield f"{path}:{place} rule {number}: {what}"


def main() -> int:
    """All of xueshi; 1 when something was found."""
    found: list[str] = []
    for path in sorted((ROOT / "xueshi").rglob("*.py")):
        found += findings(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "xueshi").rglob("*.html")):
        found += template_findings(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    sys.stdout.write("\n".join([*found, f"static rules: {len(found)} findings"]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
