"""Questions asked at every request, put into words once.

Django words a question anew each time it is asked: for a row with what hangs on it that takes many times as long as the
database takes to answer. What is asked by key alone always has the same words, so they are kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, Final, Protocol, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet, prefetch_related_objects
from django.db.models.query import ModelIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler

type Value = int | str | tuple[int, ...] | tuple[str, ...]
type _Shape = type | tuple[type, ...]

_FIRST: Final = 31_013
"""What stands for the first whole number while a question is worded; the smallest column takes it."""
_APART: Final = 100
"""No tuple is longer."""


_COLUMNS: Final = ("select", "klass_info", "annotation_col_map", "col_count", "has_extra_select")
"""What a compiler finds out while it words a question, and reads the answer by."""


class Asks[M: Model](Protocol):
    """A function that says which rows are wanted, by keys."""

    def __call__(self, *values: Any) -> QuerySet[M]:
        """The rows; they hang on nothing but ``values``: neither on the time nor on settings."""
        ...


@dataclass(frozen=True, slots=True)
class _Wording:
    """The SQL of a question, what stands at each of its places, and how its answer is read."""

    rows: QuerySet[Any]
    sql: str
    places: tuple[object, ...]
    columns: Mapping[str, Any]
    converters: dict[int, Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value of the caller belongs."""

    index: int


class _Compiler(SQLCompiler):
    """Has the words already, and the columns they bring."""

    def __init__(self, kept: _Wording, values: tuple[int | str, ...], connection: BaseDatabaseWrapper) -> None:
        super().__init__(kept.rows.query, connection, DEFAULT_DB_ALIAS)
        vars(self).update(kept.columns)
        self._converters = kept.converters
        params = tuple(values[one.index] if isinstance(one, _Place) else one for one in kept.places)
        self._words = kept.sql, params

    def get_converters(self, expressions: Iterable[Any]) -> dict[int, Any]:
        """How the values of some columns are read; the same at every asking."""
        return self._converters

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[Any, ...]]:
        """The words as they were kept, with the values of this time."""
        return self._words


@dataclass(frozen=True, slots=True)
class _Asked:
    """What Django's reader of rows wants to know of a queryset."""

    wording: _Wording
    values: tuple[int | str, ...]
    db: str = DEFAULT_DB_ALIAS

    @property
    def query(self) -> "_Asked":
        return self

    @property
    def _fetch_mode(self) -> object:
        return self.wording.rows._fetch_mode  # type: ignore[attr-defined]  # since Django 6.1, not yet in the stubs

    @property
    def _known_related_objects(self) -> dict[Any, Any]:
        return {}

    def get_compiler(self, using: str) -> _Compiler:
        return _Compiler(self.wording, self.values, connections[using])


def worded[M: Model](ask: Asks[M]) -> Callable[..., list[M]]:
    """Keep the words of ``ask``; the function then brings the rows.

    Its arguments are whole numbers, texts and tuples of them, for which there are words by length. One that the
    question changes before it asks (a part of a text) cannot be put in later: that is a ``TypeError`` at the first
    call, as are arguments of other types.
    """
    wording = _wordings(ask)

    @wraps(ask)
    def asked(*values: Value) -> list[M]:
        kept = wording(*map(_shape, values))
        found: list[M] = list(ModelIterable(cast("QuerySet[M]", _Asked(kept, _all(values)))))
        if lookups := kept.rows._prefetch_related_lookups:  # type: ignore[attr-defined]  # private, and the only way to them
            prefetch_related_objects(found, *lookups)
        return found

    return asked


def worded_row[M: Model](ask: Asks[M]) -> Callable[..., M | None]:
    """As ``worded`` for a question about a unique key: the one row, or None."""
    rows = worded(ask)

    @wraps(ask)
    def asked(*values: Value) -> M | None:
        return next(iter(rows(*values)), None)

    return asked


def worded_values(ask: Asks[Any]) -> Callable[..., list[tuple[Any, ...]]]:
    """As ``worded`` for a question that asks for some columns (``values_list``): their values, row by row."""
    wording = _wordings(ask)

    @wraps(ask)
    def asked(*values: Value) -> list[tuple[Any, ...]]:
        return list(ValuesListIterable(cast("QuerySet[Any]", _Asked(wording(*map(_shape, values)), _all(values)))))

    return asked


def _wordings(ask: Asks[Any]) -> Callable[..., _Wording]:
    @cache
    def wording(*shapes: _Shape) -> _Wording:
        return _worded(ask, shapes)

    return wording


def _worded(ask: Asks[Any], shapes: tuple[_Shape, ...]) -> _Wording:
    signs = tuple(_sign(shape, index) for index, shape in enumerate(shapes))
    rows = ask(*signs)
    reader = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = reader.as_sql()
    known = list(_flat(signs))
    places = tuple(_Place(known.index(one)) if one in known else one for one in params)
    if missing := [index for index, sign in enumerate(signs) if not set(_flat([sign])) <= set(params)]:
        message = f"{ask!r} does not pass on its arguments {missing} as they are"
        raise TypeError(message)
    converters = reader.get_converters([column for column, *_ in reader.select[: reader.col_count]])
    return _Wording(rows, sql, places, {name: getattr(reader, name) for name in _COLUMNS}, converters)


def _shape(value: Value) -> _Shape:
    return tuple(map(type, value)) if isinstance(value, tuple) else type(value)


def _all(values: Iterable[Value]) -> tuple[int | str, ...]:
    return tuple(_flat(values))


def _flat(values: Iterable[Value]) -> Iterator[int | str]:
    for value in values:
        yield from value if isinstance(value, tuple) else (value,)


def _sign(shape: _Shape, index: int, place: int = 0) -> Value:
    """Something that stands for the argument and that no question says by itself."""
    if isinstance(shape, tuple) and len(shape) <= _APART:
        return cast("Value", tuple(_sign(one, index, nth) for nth, one in enumerate(shape)))
    if shape is int:
        return _FIRST + index * _APART + place
    if shape is str:
        return f"\N{REPLACEMENT CHARACTER}{index}.{place}"
    message = f"{shape} cannot be put into a question that is worded already"
    raise TypeError(message)
