"""What may stand in a text that a person typed."""

import unicodedata

from xueshi.kernel.errors import RuleBroken

# Letters and marks of real names outside the usual planes stay; only what is invisible or steers the display goes.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\n\t")
_BRACKETS = str.maketrans("〔〕【】", "()()")
_WIDTHS = ("<wide>", "<narrow>", "<noBreak>", "<compat> 0020")


def clean(text: str, *, field: str = "", multiline: bool = False) -> str:
    """Return ``text`` trimmed and in NFC; ``RuleBroken`` for control, bidirectional and invisible characters."""
    kept = _KEPT if multiline else frozenset()
    text = text.replace("\r\n", "\n").strip()
    for character in text:
        if character not in kept and unicodedata.category(character) in _REFUSED:
            raise RuleBroken("含有不可见字符或控制字符，请删除后重新填写", field)
    return unicodedata.normalize("NFC", text)


def number(text: str, digits: int = 18) -> int | None:
    """A whole number as addresses and posted pages carry keys and versions; None for anything else, however long."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def half_width(text: str) -> str:
    """Full-width digits, letters, brackets and blanks as their half-width twins; ``²`` is no width of 2, it stays."""
    return text.translate(_TWINS)


class _Twins(dict[int, str]):
    """The half-width twin of each sign, looked up once; a long text then costs no more than a copy."""

    def __missing__(self, point: int) -> str:
        sign = chr(point)
        wide = unicodedata.decomposition(sign).startswith(_WIDTHS)
        self[point] = unicodedata.normalize("NFKC", sign) if wide else sign
        return self[point]


_TWINS = _Twins()


def name_key(text: str) -> str:
    """The appearance of an organisation's name: blanks gone, widths and brackets folded (E13)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.translate(_BRACKETS).split())


def bigrams(text: str) -> list[str]:
    """Character pairs of a name for search by part (``王志远`` → 王志, 志远, and each single character)."""
    key = name_key(text)
    return sorted({key[i : i + 2] for i in range(len(key) - 1)} | set(key))
