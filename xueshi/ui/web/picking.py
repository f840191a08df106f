"""The htmx side of a picker."""

import re
from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NAME = re.compile(r"[a-z][a-z0-9_-]{0,60}")
LONGEST = 100


def pick_results(request: HttpRequest, search: Callable[[str], Sequence[tuple[str, str]]]) -> HttpResponse:
    """Findings as radio buttons; ``search`` gets the words typed and holds the permission. Use it in a view."""
    name = request.GET.get("name", "")
    if not NAME.fullmatch(name):
        return HttpResponse(status=404)
    words = request.GET.get(f"{name}__q", "").replace("\x00", "")[:LONGEST].strip()
    found = search(words) if words else ()
    return render(request, "ui/widgets/pick_found.html", {"name": name, "found": found})
