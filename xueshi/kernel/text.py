"""What may stand in a text that a person typed."""

import unicodedata

from xueshi.kernel.errors import RuleBroken

# Letters and marks of real names outside the usual planes stay; only what is invisible or steers the display goes.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\n\t")
_BRACKETS = str.maketrans("〔〕【】", "()()")
_MIDDLE_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･", "·"))
_HYPHENS = str.maketrans(dict.fromkeys("‐‑–－", "-"))
_BETWEEN = "·-'’. "
_NAME_SIGNS = frozenset({"Lo", "Lu", "Ll", "Lt", "Lm", "Mn", "Mc"})
_IN_BODIES = frozenset(" ()（）〔〕【】《》“”‘’'·•・.．,，、-‐–—－&＆+＋/／:：")
_WIDTHS = ("<wide>", "<narrow>", "<noBreak>", "<compat> 0020")


def clean(text: str, *, field: str = "", multiline: bool = False) -> str:
    """Return ``text`` trimmed and in NFC; ``RuleBroken`` for control, bidirectional and invisible characters."""
    kept = _KEPT if multiline else frozenset()
    text = text.replace("\r\n", "\n").strip()
    for character in text:
        if character not in kept and unicodedata.category(character) in _REFUSED:
            raise RuleBroken("含有不可见字符或控制字符，请删除后重新填写", field)
    return unicodedata.normalize("NFC", text)


def person_name(text: str, label: str = "姓名", *, field: str = "") -> str:
    """A person's name as it is kept: letters of any script with their marks, 〇, and between them ``·``, ``-``, ``'``,
    ``.`` or a blank.

    Look-alikes of the middle dot and the hyphen become these; widths are folded and blanks in a row become one.
    ``RuleBroken`` for digits and other signs, and for a name without a letter or with a sign before its first.
    """
    name = " ".join(half_width(clean(text, field=field)).translate(_MIDDLE_DOTS).translate(_HYPHENS).split())
    kinds = [sign if sign in _BETWEEN else unicodedata.category(sign) for sign in name.replace("〇", "零")]
    if name and (kinds[0] in _BETWEEN or not _NAME_SIGNS.issuperset(set(kinds) - set(_BETWEEN))):
        raise RuleBroken(f"{label}只能由文字、间隔号“·”、连字符和空格组成，不能含有数字或其他符号", field)
    return name


def organisation_name(text: str, label: str = "单位名称", *, field: str = "") -> str:
    """A body's name as it is kept: letters and digits, and the brackets, quotes, dots and dashes of registered names.

    Blanks in a row become one. ``RuleBroken`` for other signs and for a name without a letter.
    """
    name = " ".join(clean(text, field=field).split())
    kinds = {unicodedata.category(sign) for sign in name.replace("〇", "零") if sign not in _IN_BODIES}
    if name and not (kinds & _NAME_SIGNS and kinds <= _NAME_SIGNS | {"Nd"}):
        raise RuleBroken(f"{label}只能由文字、数字和括号、引号、间隔号、连字符等组成，不能含有 @、<、# 等符号", field)
    return name


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
