"""学时申报管理: a module of its own that lists what was approved, and leads to declaring for people (CR-34)."""

from django.http import HttpRequest, HttpResponse

from xueshi.declarations import permissions, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.web import filters, rows
from xueshi.declarations.web.records import columns
from xueshi.organisations.states import Power
from xueshi.policies.packs import Pack
from xueshi.policies.requests import pack_of
from xueshi.ui.lists import ListPage, show_list
from xueshi.ui.routes import route


@route(powers=(Power.DECLARE.value,))
def archive(request: HttpRequest) -> HttpResponse:
    """What counts for the unit's people, whoever declared it."""
    pack = pack_of(request)
    extra = {"declare_word": pack.word("declaration.title")}
    return show_list(request, _page(pack), extra)


def _page(pack: Pack) -> ListPage[Declaration]:
    return ListPage(
        key="declarations.archive",
        title=pack.word("declaration.archive"),
        rows=selectors.approved_records,
        allowed=permissions.can_declare_for_others,
        order_by=("-year", "-changed_at"),
        filters=filters.archive_filters(pack.key),
        columns=tuple(one for one in columns(pack) if one.key != "handler"),
        actions=(rows.detail(pack),),
        empty_text="没有审核通过的申报",
        template="declarations/records.html",
        numbered=True,
        export=True,
    )
