"""批量打印: a unit's certificates as one ZIP, by the job's own code, against drawing and signing alone (12).

Ours asks permission, freezes the figures, takes number and code, draws, signs, stores file and row, writes the audit
chain and notes the progress for every paper, and makes the file at the end.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from tools.bench.certificates import bare_compiler, bare_signer, papers_for_bench
from tools.bench.harness import ROUNDS, Bench, Side, pair
from tools.bench.world import World, world
from xueshi.certificates import batches, rendering
from xueshi.certificates.models import PrintRun
from xueshi.certificates.states import PrintForm
from xueshi.ledger.models import YearAccount

PAPERS = 250
FIRST_YEAR = 2018
WANTED = batches.Wanted("annual", PrintForm.ZIP)


def passed_years(here: World, year: int, count: int) -> list[int]:
    """Years that so many people have passed and nobody has printed."""
    made = YearAccount._default_manager.bulk_create(
        YearAccount(
            person=one.record,
            year=year,
            portal="weihai",
            public_hours=Decimal(30),
            professional_hours=Decimal(66),
            passed=True,
            rule="bench",
        )
        for one in here.people[:count]
    )
    return [account.pk for account in made]


def print_at_once(here: World, accounts: list[int]) -> int:
    """One run from the choice to the file, as a worker does it; how many papers it holds."""
    run = batches.freeze(here.reviewer, accounts)
    PrintRun._default_manager.filter(pk=run.pk).update(form=WANTED.form, kind=WANTED.kind, started_at=run.created_at)
    batches.work(run.pk)
    done = PrintRun._default_manager.get(pk=run.pk)
    if done.result_id is None or done.refused:
        message = f"{done.refused} were not printed"
        raise RuntimeError(message)
    return len(done.papers)


@contextmanager
def _printing() -> Iterator[tuple[Side, Side]]:
    here = world()
    years = [passed_years(here, FIRST_YEAR + place, PAPERS) for place in range(ROUNDS + 1)]
    drawn = [replace(paper, qr_text="x" * 180) for paper, _ in papers_for_bench(PAPERS)]
    facts = [rendering.facts_of([one]) for one in drawn]
    compiler, (signer, meta) = bare_compiler(drawn[0].wording.template), bare_signer()

    def bare() -> int:
        for one in facts:
            pdf = compiler.compile(format="pdf", sys_inputs={"facts": one}, pdf_standards="a-2b", timestamp=0)
            if isinstance(pdf, bytes):
                signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer)
        return PAPERS

    yield (
        Side("print run: 250 papers to one ZIP", lambda: print_at_once(here, years.pop())),
        Side("bare Typst and pyHanko: draw and sign", bare),
    )


pair(Bench("certificates-bulk", "many certificates by one job (12)", 0.6, _printing))
