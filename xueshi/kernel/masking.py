"""One way of masking each kind of personal value, and of numbers one for each kind of place (``docs/identity.md``)."""


def document(number: str, *, first: int = 3, last: int = 4) -> str:
    """``370602199001012215`` → ``370***********2215``; short numbers keep only the last two.

    For what somebody reads of themselves, the detail under review, and papers. ``first`` and ``last`` are for one's own
    profile, where a manual may print other widths (PRO-29).
    """
    if len(number) < 8:
        return "*" * max(len(number) - 2, 0) + number[-2:]
    return number[:first] + "*" * (len(number) - first - last) + number[-last:]


def listed(number: str) -> str:
    """``370602199001012215`` → ``****2215``: as lists of people print it (SYS-05); short numbers keep the last two."""
    return "****" + number[-4 if len(number) > 7 else -2 :]


def cut(number: str) -> str:
    """``370602199001012215`` → ``3706021990…2215``: the home table that prints it so (SYS-05, decision 0021)."""
    return f"{number[:10]}…{number[-4:]}" if len(number) > 16 else listed(number)


def phone(number: str) -> str:
    """``13912345612`` → ``139******12`` (first three, last two; SYS-05)."""
    if len(number) < 6:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def name(text: str) -> str:
    """``王志远`` → ``王*远``, ``王敏`` → ``王*``: enough for the holder to recognise, for public pages."""
    if len(text) <= 2:
        return text[:1] + "*"
    return text[0] + "*" * (len(text) - 2) + text[-1]


def email(address: str) -> str:
    """``wangzhiyuan@example.cn`` → ``wa***@example.cn``."""
    local, _, domain = address.partition("@")
    return f"{local[:2]}***@{domain}" if domain else "***"
