"""What axe-core and HTML_CodeSniffer say about a page in the browser (WCAG 2.2 A and AA).

The scripts are evaluated, not added as tags, so the page stays under the content policy of the site.
"""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = """async (tags) => {
  if (typeof axe === "undefined") return null;
  const result = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return result.violations.flatMap((rule) =>
    rule.nodes.map((node) => `axe ${rule.id}: ${node.target.join(" ")} ${node.failureSummary}`),
  );
}"""
SNIFFER = """() => new Promise((done) => {
  HTMLCS.process("WCAG2AA", document, () => done(HTMLCS.getMessages()
    .filter((message) => message.type === HTMLCS.ERROR)
    .map((message) => `htmlcs ${message.code}: ${message.msg} ${message.element.outerHTML?.slice(0, 160) ?? ""}`)));
})"""


@cache
def scripts() -> tuple[str, ...]:
    """The checkers; a page that has them from its start (``add_init_script``) need not be given them."""
    paths = ("axe-core/axe.min.js", "html_codesniffer/build/HTMLCS.js")
    return tuple((Path(settings.NODE_MODULES) / path).read_text(encoding="utf-8") for path in paths)


def violations(page: Any, *, seen: bool = False) -> list[str]:
    """Every violation of both checkers on the page as it stands, as lines to read.

    ``seen``: the same document was judged at another width. axe judges what is drawn, so it is asked again;
    HTML_CodeSniffer reads the document, which no width changes.
    """
    found = page.evaluate(AXE, AXE_TAGS)
    if found is None:
        for script in scripts():
            page.evaluate(script)
        found = page.evaluate(AXE, AXE_TAGS)
    return [*found, *([] if seen else page.evaluate(SNIFFER))]
