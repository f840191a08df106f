"""``routes --json``: every address of the program and who may call it."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.urls import URLPattern, URLResolver, get_resolver

from xueshi.ui.routes import access_of


@dataclass(frozen=True)
class Route:
    """One address; ``declared`` is false for a view without ``@route``, which nobody can call."""

    pattern: str
    name: str
    view: str
    declared: bool
    methods: tuple[str, ...]
    public: bool
    powers: tuple[str, ...]
    object_kind: str
    changes_state: bool
    answers: str


def _route(prefix: str, namespace: str, entry: URLPattern) -> Route:
    view = entry.callback
    access = access_of(view)
    name = f"{namespace}{entry.name}" if entry.name else ""
    label = f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}"
    if access is None:
        return Route(prefix, name, label, False, (), False, (), "", False, "page")
    answers = "fragment" if access.fragment else "page"
    return Route(
        pattern=prefix,
        name=name,
        view=label,
        declared=True,
        methods=access.methods,
        public=access.public,
        powers=access.powers,
        object_kind=access.object_kind,
        changes_state=access.changes_state,
        answers=answers,
    )


def walk(resolver: URLResolver, prefix: str = "/", namespace: str = "") -> Iterator[Route]:
    """All routes below a resolver, in the order in which they match."""
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry, pattern, inner)
        else:
            yield _route(pattern, namespace, entry)


class Command(BaseCommand):
    """Print the routes as a table or as JSON."""

    help = "Every route: pattern, methods, name, object kind, public, changes state, fragment or page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form of the answer."""
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--check", action="store_true", help="fail when a view is not declared")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One line or one object per route."""
        routes = list(walk(get_resolver()))
        if options["check"]:
            self._refuse_undeclared(routes)
        elif options["json"]:
            self.stdout.write(json.dumps([asdict(route) for route in routes], ensure_ascii=False, indent=1))
        else:
            self._table(routes)

    def _refuse_undeclared(self, routes: list[Route]) -> None:
        closed = [f"{route.pattern} → {route.view}" for route in routes if not route.declared]
        if closed:
            message = "views without @route, which nobody can call:\n  " + "\n  ".join(closed)
            raise CommandError(message)

    def _table(self, routes: list[Route]) -> None:
        for route in routes:
            who = "public" if route.public else ",".join(route.powers) or ("signed in" if route.declared else "CLOSED")
            self.stdout.write(f"{'/'.join(route.methods) or '-':14} {route.pattern:60} {who:30} {route.name}")
