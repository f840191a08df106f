"""One spelling for each public number of an achievement, however people type it."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from xueshi.policies.answers import Answers
from xueshi.policies.forms import FormSpec

LEAST = 5
"""A number shorter than this says too little to tell two achievements apart; it is left to the reviewer."""


_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Key:
    """One public number of an achievement: what kind it is, its one spelling, and the question that asked for it."""

    kind: str
    text: str
    field: str = ""

    @property
    def value(self) -> str:
        """What is stored and compared."""
        return value_of(self.kind, self.text)


def value_of(kind: str, text: str) -> str:
    """One value for each kind and spelling; two kinds never share one."""
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()


def keys_of(form: FormSpec, answers: Answers) -> tuple[Key, ...]:
    """The public numbers among some answers, each once; what names nothing (无, ---) gives none."""
    asked: dict[str, list[tuple[str, str]]] = {}
    for field in form.fields:
        if field.identifies and field.key in answers:
            asked.setdefault(field.identifies, []).append((field.key, answers.text(field.key)))
    return tuple(_keys(asked))


def _keys(asked: Mapping[str, list[tuple[str, str]]]) -> Iterator[Key]:
    for kind, said in asked.items():
        if kind == "issn_title":
            yield from _of_article(said)
            continue
        for field, text in said:
            if spelling := spelled(kind, text):
                yield Key(kind, spelling, field)


def _of_article(said: Iterable[tuple[str, str]]) -> Iterator[Key]:
    """A journal's number and a title are one key; either alone tells nothing."""
    journals = [(issn(text), field) for field, text in said if issn(text)]
    titles = [(folded(text), field) for field, text in said if not issn(text) and folded(text)]
    if journals and titles:
        (journal, _), (title, field) = journals[0], titles[0]
        yield Key("issn_title", f"{journal} {title}", field)


def spelled(kind: str, text: str) -> str:
    """The one spelling of a number; empty when it says too little."""
    spelling = _SPELLINGS.get(kind, folded)(text)
    return spelling if len(spelling) >= _LEAST.get(kind, LEAST) else ""


def folded(text: str) -> str:
    """Letters and digits only, without width, case, blanks and hyphens: 《 ＡＢ－１ 》 is ab1."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def doi(text: str) -> str:
    """A DOI without the address before it; only blanks and case are no part of it."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    found = re.search(r"10\.\d{4,9}/\S*\w", plain)
    return found.group() if found else ""


def isbn(text: str) -> str:
    """The nine digits both lengths of an ISBN share, with their prefix, without the check digit; else empty."""
    digits = folded(text).removeprefix("isbn")
    if re.fullmatch(r"97[89]\d{10}", digits):
        return digits[:12]
    return f"978{digits[:9]}" if re.fullmatch(r"\d{9}[\dx]", digits) else ""


def issn(text: str) -> str:
    """The seven digits of an ISSN, or a CN number as it is; empty when it is neither, as a title is.

    Many print both on one line (``ISSN 0577-6686 / CN 11-2187/TH``); the ISSN is the one to go by.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if _IDEOGRAPH.search(plain):
        return ""
    if found := re.search(r"(?<![\d-])(\d{4})[\s-]*(\d{3})[\dx](?![\d/])", plain):
        return "".join(found.groups())
    if found := re.search(r"(?<!\d)(\d{2})\s*-\s*(\d{4})(?!\d)", plain):
        return f"cn{''.join(found.groups())}"
    return ""


def patent(text: str) -> str:
    """A Chinese patent number without ZL and check digit (12 or 8 digits); another country's as it is."""
    number = re.sub(r"^(zl|cn)(?=\d)", "", folded(text))
    if re.fullmatch(r"(?:19|20)\d{10}[\dx]?", number):
        return number[:12]
    return number[:8] if re.fullmatch(r"\d{8}[\dx]", number) else number


_SPELLINGS: Mapping[str, Callable[[str], str]] = {"doi": doi, "isbn": isbn, "patent": patent}
_LEAST = {"achievement": 4}
