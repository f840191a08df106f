"""The tabs as forms: what the pack asks, filled from the record, and the answers as drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from xueshi.accounts.services import ContactDraft
from xueshi.kernel import clock, masking, one_time
from xueshi.kernel.text import number
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Department
from xueshi.people import selectors, services
from xueshi.people.models import Entry, Professional, Title
from xueshi.people.states import EntryKind
from xueshi.policies import registry
from xueshi.policies.answers import Answers
from xueshi.policies.forms import FieldKind
from xueshi.policies.packs import Pack
from xueshi.policies.profile import Tab
from xueshi.policies.uploads import OwnUploads
from xueshi.ui.picking import Found, Line, Picker, page_of
from xueshi.ui.specs import SpecForm, Surroundings

type Filled = dict[str, Any]
type Uploads = "MultiValueDict[str, UploadedFile[Any]]"

_ROLE = "professional"


class TabForm(SpecForm):
    """A tab's form. What is read-only is drawn from the record whatever was posted (PRO-14, PRO-15)."""

    def __init__(self, tab: Tab, around: Surroundings, filled: Filled, posted: QueryDict | None, files: Any) -> None:
        spec = tab.form.holding(Answers({key: value for key, value in filled.items() if isinstance(value, str)}))
        data = posted.copy() if posted is not None else None
        for field in spec.fields:
            if data is not None and field.kind is FieldKind.READONLY:
                data[field.key] = str(filled.get(field.key, ""))
        super().__init__(spec, around, data=data, files=files, initial=filled)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Whose record is open, on which portal."""

    actor: Actor
    pack: Pack
    record: Professional

    @property
    def store(self) -> OwnUploads:
        """Where the scans of its forms go."""
        return OwnUploads(self.actor, self.pack, selectors.own_scan, "people:scan")

    def form(self, key: str, filled: Filled, posted: QueryDict | None = None, files: Any = None) -> TabForm:
        """A tab's form, fresh or as it was sent."""
        return TabForm(self.pack.profile.tab(key), self._around(), filled, posted, files)

    def basics(self) -> Filled:
        """What the basics tab starts with."""
        user, record = self.actor.user, self.record
        first, last = self.pack.profile.document_shown
        return {
            "name": user.name,
            "sex": record.sex,
            "document_type": registry.catalogue("document_types").label(user.document_type),
            "document_number": masking.document(user.document_number, first=first, last=last),
            "birth_date": record.born_on.isoformat(),
            "phone": user.phone,
            "email": user.email,
            "landline": user.landline,
            "post": record.post,
            "rank": record.rank,
            "postdoctoral": "yes" if record.postdoctoral else "no",
        }

    def title(self, title: Title) -> Filled:
        """What the title tab starts with: the title in force."""
        return {
            "unit": self.record.employment.organisation.name,
            "department": str(title.department_id or ""),
            "title_series": title.series,
            "practice_field": title.practice_field,
            "title_level": title.level,
            "title": title.title,
            "title_effective": _day(title.effective_on),
            "certificate_number": title.certificate,
            "appointed": _day(title.appointed_on),
            "title_certificate": [title.scan.key] if title.scan is not None else [],
        }

    def entry(self, tab: Tab, entry: Entry | None) -> Filled:
        """What the form of an entry starts with."""
        if entry is None:
            return dict(tab.form.defaults())
        said = dict(entry.answers)
        if "highest" in said:  # another entry may have become it since
            said["highest"] = entry.highest
        typed: Filled = dict(tab.form.typed(tab.form.restore(said)))
        return typed | {"scan": [entry.scan.key] if entry.scan is not None else []}

    def basics_draft(self, answers: Answers, version: int) -> services.BasicsDraft:
        """The answers of the basics tab as a draft."""
        texts = {key: answers.text(key) for key in ("phone", "email", "landline", "password")}
        born = answers.get("birth_date")
        return services.BasicsDraft(
            version=version,
            sex=answers.text("sex"),
            born_on=born if isinstance(born, date) else self.record.born_on,
            post=answers.text("post"),
            rank=answers.text("rank"),
            postdoctoral=answers.flag("postdoctoral"),
            contact=ContactDraft(**texts),
        )

    def title_draft(self, answers: Answers, posted: QueryDict) -> services.TitleDraft:
        """The answers of the title tab as a draft."""
        scans = answers.many("title_certificate") if "title_certificate" in answers else ()
        return services.TitleDraft(
            based_on=version(posted),
            series=answers.text("title_series"),
            level=answers.text("title_level"),
            title=answers.text("title"),
            practice_field=answers.text("practice_field"),
            effective_on=answers.day("title_effective"),
            certificate=answers.text("certificate_number"),
            appointed_on=answers.day("appointed"),
            department=selectors.department_of(self.record, answers.text("department")),
            scan=self.store.file(scans[0]) if scans else None,
            submission_key=one_time.sent_back(posted.get("key", "")),
        )

    def entry_draft(self, kind: EntryKind, answers: Answers, posted: QueryDict, pk: int | None) -> services.EntryDraft:
        """The answers of an entry's form as a draft."""
        scans = answers.many("scan") if "scan" in answers else ()
        return services.EntryDraft(
            kind=kind,
            answers=answers,
            submission_key=one_time.sent_back(posted.get("key", "")),
            scan=self.store.file(scans[0]) if scans else None,
            pk=pk,
            version=version(posted),
        )

    def _around(self) -> Surroundings:
        store = self.store
        return Surroundings(
            today=clock.today(),
            role=_ROLE,
            uploads={upload.key: upload for upload in self.pack.access.uploads},
            pickers={"own_department": departments(self.record)},
            store=store,
            stored=store.stored,
        )


def departments(record: Professional) -> Picker:
    """The departments of one's employer (工作部门)."""

    def find(words: str, page: int) -> Found:
        return page_of(selectors.departments_of(record, words), page, _department)

    def line(value: str) -> Line | None:
        found = selectors.department_of(record, value)
        return _department(found) if found is not None else None

    return Picker(url=f"{reverse('people:find_departments')}?", find=find, line=line)


def _department(department: Department) -> Line:
    return Line(value=str(department.pk), name=department.name)


def version(posted: QueryDict) -> int:
    """The version the page was drawn from; 0, which no record has, for anything else."""
    return number(posted.get("version", "")) or 0


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def labels(tab: Tab, entry: Entry) -> Mapping[str, str]:
    """An entry's answers in words, by field; what is no longer offered is still called by its name."""
    answers = tab.form.restore(entry.answers)
    return {line.field.key: str(line.text) for line in tab.form.lines(answers)}
