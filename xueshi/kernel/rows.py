"""Reading rows."""

from django.db.models import Model, QuerySet


def single[M: Model](rows: QuerySet[M]) -> M | None:
    """The one row that a question about a unique key can have, or None.

    As ``first()``, which sorts: sorting one row costs the database nothing, but a wide question with joins takes
    Django longer to word, by as much as all the rest of the question.
    """
    return next(iter(rows.order_by()[:1]), None)
