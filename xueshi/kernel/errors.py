"""The errors of the trade; ``portal`` turns each into a page."""

from collections.abc import Iterable


class TradeError(Exception):
    """Something the user can understand went wrong; nothing was changed."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class RuleBroken(TradeError):
    """A rule refuses what was entered; ``field`` names where to say so."""

    status = 422

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Problems(TradeError):
    """Several rules refuse at once."""

    status = 422

    def __init__(self, problems: Iterable[RuleBroken]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(problem.message for problem in self.problems))


class NotAllowed(TradeError):
    """The person may see this, but not do that."""

    status = 403


class SignInNeeded(TradeError):
    """An open address that this person may use only after signing in."""

    status = 401


class NotFound(TradeError):
    """Absent, or not yours: the same answer."""

    status = 404


class MovedOn(TradeError):
    """Somebody else was faster; the message says who or what changed."""

    status = 409


class TooMany(TradeError):
    """A limit on tries or sendings is reached; ``retry_after`` is in seconds, ``field`` names what was tried."""

    status = 429

    def __init__(self, message: str, retry_after: int = 60, field: str = "") -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.field = field
