"""Several at once from one start, and the same without the lock that keeps them apart."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

from xueshi.kernel.errors import TradeError

type Act = Callable[[], object]


def together(*acts: Act) -> list[object]:
    """What each act returned or raised; each on a connection of its own, all from one barrier."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            results[place] = acts[place]()  # type: ignore[call-overload]  # a list of anything
        except Exception as error:  # noqa: BLE001 - the check looks at it
            results[place] = error  # type: ignore[call-overload]  # as above
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)


def rounds(*roles: Sequence[Act]) -> list[list[object]]:
    """Many rounds of the same contest: each role keeps its connection, and each round starts at a barrier."""
    barrier = threading.Barrier(len(roles))

    def play(acts: Sequence[Act]) -> Act:
        def all_rounds() -> list[object]:
            return [_met(barrier, act) for act in acts]

        return all_rounds

    found = together(*(play(acts) for acts in roles))
    assert all(isinstance(one, list) for one in found), found
    return [list(each) for each in zip(*found, strict=True)]  # type: ignore[call-overload]  # lists, as asserted


def _met(barrier: threading.Barrier, act: Act) -> object:
    barrier.wait(20)
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - the check looks at it
        return error


def accidents(results: Sequence[object]) -> list[str]:
    """What a user would have met as a broken page: any error that is not one of the trade."""
    return [repr(one)[:200] for one in results if isinstance(one, Exception) and not isinstance(one, TradeError)]


class Gate:
    """Lets nobody go on before all have come; whoever is alone for too long goes on alone."""

    def __init__(self, parties: int) -> None:
        self._barrier = threading.Barrier(parties)

    def before(self, inner: Callable[..., object]) -> Callable[..., object]:
        """The function, with the gate in front of it."""

        def met(*args: object, **kwargs: object) -> object:
            try:
                self._barrier.wait(3)
            except threading.BrokenBarrierError:
                self._barrier.reset()
            return inner(*args, **kwargs)

        return met


@contextmanager
def not_unique(model: type[Model], column: str) -> Iterator[None]:
    """The database takes the same value twice in a column; afterwards the rows are told apart and it refuses again."""
    table, name = model._meta.db_table, ""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
        name = next(key for key, one in found.items() if one["unique"] and one["columns"] == [column])
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = id')  # noqa: S608 - names of our own
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" UNIQUE ("{column}")')


@contextmanager
def unlocked(patch: pytest.MonkeyPatch, *places: tuple[object, str]) -> Iterator[None]:
    """Rows are read without locks, and at these functions two that have read wait for each other."""
    gate = Gate(2)
    with patch.context() as inside:
        inside.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows)
        for module, name in places:
            inside.setattr(module, name, gate.before(getattr(module, name)))
        yield
