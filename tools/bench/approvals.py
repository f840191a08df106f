"""Row 10 of performance.md: 批量通过 of a thousand at a click through the full path, against single-row upserts.

Ours moves case, step, history, declaration, ledger entry, account and audit chain for every row, in one transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tools.bench import pgbench
from tools.bench.harness import ROUNDS, Bench, Side, pair
from tools.bench.world import world
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order
from xueshi.reviews.states import Verdict

CLICK, CLICKS = 1000, 2


@contextmanager
def _approving() -> Iterator[tuple[Side, Side]]:
    here = world()
    waiting = [here.hand_in(CLICK) for _ in range(CLICKS * (ROUNDS + 1))]
    pgbench.prepare()

    def ours() -> int:
        done = 0
        for _ in range(CLICKS):
            done += len(deciding.decide_many(here.reviewer, Order(Verdict.PASS, waiting.pop())).done)
        if done != CLICK * CLICKS:
            message = f"{CLICK * CLICKS - done} declarations were refused"
            raise RuntimeError(message)
        return done

    yield Side("decide_many, 1,000 a click", ours), Side("pgbench: single-row upserts, 2 clients", pgbench.upserts)


pair(Bench("approvals", "batch approval, full path (10)", 0.12, _approving))
