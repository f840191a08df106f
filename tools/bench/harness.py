"""A B A B …, three rounds, medians; CPU beside wall time. A figure counts only as a ratio of one run."""

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

ROUNDS = 3


def own_cpu() -> float:
    """Seconds of CPU of this process and of the children it waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


@dataclass(frozen=True)
class Sample:
    """One measured stretch: operations, seconds on the wall, seconds of CPU by the side's own meter."""

    count: int
    wall: float
    cpu: float


@dataclass(frozen=True)
class Side:
    """One of the two that are compared; ``run`` does the work once and returns how many operations that was.

    ``cpu`` reads the meter of whoever does the work: this process, or a server that is asked.
    """

    label: str
    run: Callable[[], int]
    cpu: Callable[[], float] = own_cpu


@dataclass(frozen=True)
class Bench:
    """Ours against its reference. ``bar`` is the least ratio of operations per second (performance.md).

    With ``by_cpu`` it is the ratio of operations per second of CPU, for what is a question of cost and not of waiting.
    """

    key: str
    title: str
    bar: float
    prepare: Callable[[], AbstractContextManager[tuple[Side, Side]]]
    by_cpu: bool = False


@dataclass(frozen=True)
class Figures:
    """What several samples of one side say: the middle, how far they lie apart, and what each operation cost."""

    label: str
    total: int
    per_second: float
    spread: float
    cpu_ms: float

    @classmethod
    def of(cls, label: str, samples: list[Sample]) -> "Figures":
        """Medians; the spread is (largest - smallest) / median."""
        rates = [sample.count / sample.wall for sample in samples]
        middle = statistics.median(rates)
        cpu = statistics.median(sample.cpu / sample.count for sample in samples)
        return cls(label, sum(one.count for one in samples), middle, (max(rates) - min(rates)) / middle, cpu * 1000)


REGISTERED: dict[str, Bench] = {}


def pair(bench: Bench) -> Bench:
    """Add one line to the table; a key stands once."""
    if bench.key in REGISTERED:
        message = f"two benches are called {bench.key}"
        raise ValueError(message)
    REGISTERED[bench.key] = bench
    return bench


def sample(side: Side) -> Sample:
    """Run one side once."""
    cpu, begun = side.cpu(), time.perf_counter()
    count = side.run()
    return Sample(count, time.perf_counter() - begun, side.cpu() - cpu)


def measure(bench: Bench) -> tuple[Figures, Figures]:
    """Ours and the reference in turn; the first, warming round is thrown away."""
    with bench.prepare() as (ours, reference):
        samples: list[tuple[Sample, Sample]] = [(sample(ours), sample(reference)) for _ in range(ROUNDS + 1)][1:]
    return Figures.of(ours.label, [one for one, _ in samples]), Figures.of(reference.label, [two for _, two in samples])


def rows(bench: Bench) -> Iterator[str]:
    """The lines of the table for one pair."""
    ours, reference = measure(bench)
    ratio = reference.cpu_ms / ours.cpu_ms if bench.by_cpu else ours.per_second / reference.per_second
    verdict = "ok" if ratio >= bench.bar else "BELOW"
    yield f"{bench.key}: {bench.title}"
    for side in (ours, reference):
        yield (
            f"  {side.label:38} {side.per_second:12.1f}/s  ±{side.spread / 2:4.0%}  "
            f"{side.cpu_ms:9.3f} ms CPU  N={side.total} in {ROUNDS} rounds"
        )
    of = " of CPU" if bench.by_cpu else ""
    yield f"  ratio{of} {ratio:.3f} (bar {bench.bar}) {verdict}"
