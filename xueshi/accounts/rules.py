"""What a password may be (B6), without a database."""

from collections.abc import Iterable
from itertools import pairwise

MIN_LENGTH, MAX_LENGTH = 10, 128
PASSWORD_HINT = f"{MIN_LENGTH} 至 {MAX_LENGTH} 个字符，不要用姓名、证件号或手机号"
"""Beside every field that asks for a new one."""
_RUN = 6  # a birthday, the last digits of a number
_LEAST_OF_ITS_OWN = 4
_COMMON = frozenset(
    [
        "1234567890",
        "0123456789",
        "12345678910",
        "qwertyuiop",
        "1q2w3e4r5t",
        "password123",
        "password1234",
        "administrator",
        "woaini1314",
        "woaini5201314",
        "5201314520",
        "1111111111",
        "0000000000",
        "8888888888",
        "6666666666",
        "abcd123456",
        "a123456789",
        "123456789a",
        "qq123456789",
        "zxcvbnm123",
        "1qaz2wsx3edc",
        "iloveyou123",
        "letmein1234",
        "welcome1234",
        "passw0rd123",
    ]
)


def password_problem(password: str, own: Iterable[str]) -> str:
    """Why a password is refused, in the user's words; empty when it is fine.

    ``own`` are the person's own texts (name, number, phone, birthday, unit) none of which may make up the password.
    """
    if len(password) < MIN_LENGTH:
        return f"密码至少 {MIN_LENGTH} 个字符"
    if len(password) > MAX_LENGTH:
        return f"密码最多 {MAX_LENGTH} 个字符"
    folded = password.casefold()
    if folded in _COMMON or len(set(folded)) <= 2 or _is_run(folded):
        return "密码过于常见，请换一个"
    for text in own:
        if _mostly(folded, text.casefold()):
            return "密码不能由本人的姓名、证件号、手机号或单位名称构成"
    return ""


def _is_run(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1}, {0})


def _mostly(password: str, own: str) -> bool:
    """Whether little of the password is left without a text of the person's own, or runs of six out of it."""
    if len(own) < 2:
        return False
    size = min(_RUN, len(own))
    runs = {own[start : start + size] for start in range(len(own) - size + 1)}
    covered = {
        place
        for start in range(len(password) - size + 1)
        if password[start : start + size] in runs
        for place in range(start, start + size)
    }
    left = [sign for place, sign in enumerate(password) if place not in covered and sign.isalnum()]
    return bool(covered) and len(left) < _LEAST_OF_ITS_OWN
