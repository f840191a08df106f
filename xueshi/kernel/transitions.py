"""States as a table: what may follow what, on one screen."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from xueshi.kernel.errors import MovedOn


class Transitions[State: StrEnum, Move: StrEnum]:
    """A table (state, move) → next state; whatever is not in it is refused."""

    def __init__(self, table: Mapping[tuple[State, Move], State]) -> None:
        self._table = dict(table)

    def next(self, state: State, move: Move) -> State:
        """Return the state after ``move``; ``MovedOn`` when the table has no such row."""
        try:
            return self._table[state, move]
        except KeyError:
            message = "当前状态已改变，不能进行此操作"
            raise MovedOn(message) from None

    def allows(self, state: State, move: Move) -> bool:
        """Whether the table has a row for ``move`` from ``state``."""
        return (state, move) in self._table

    def rows(self) -> Iterator[tuple[State, Move, State]]:
        """Every row, for reports and generated tests."""
        for (state, move), after in self._table.items():
            yield state, move, after
