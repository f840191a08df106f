"""Jobs over all portals."""

from procrastinate.contrib.django import app

from xueshi.declarations.messages import remind_of_drafts
from xueshi.ledger.messages import remind_of_year
from xueshi.policies import registry
from xueshi.reviews.messages import remind_desks


@app.periodic(cron="20 1 * * *")
@app.task(name="portal.remind", queue="default", queueing_lock="portal.remind", lock="portal.remind")
def remind(timestamp: int) -> None:
    """Remind reviewers of what waits, and people of a year that is about to end; every effect has a key of its own."""
    for pack in registry.packs():
        remind_desks(pack)
        remind_of_drafts(pack)
        remind_of_year(pack)
