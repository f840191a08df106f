"""What a form, whichever its steps, brings to ``submit``."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xueshi.accounts.models import User, document_index
from xueshi.files.models import StoredFile
from xueshi.kernel import crypto
from xueshi.policies import registry
from xueshi.policies.access import Registration as Way
from xueshi.policies.forms import Answers
from xueshi.policies.packs import Pack
from xueshi.registrations import rules


@dataclass(frozen=True, slots=True)
class RegistrationDraft:
    """The clean answers of all steps. ``kind`` is the key of the way in; ``applicant`` the person signed in, if any.

    ``submission_key`` is the one-time key of the form (D4): the same key and content give the same registration.
    ``agreement_version`` is that of the texts the person was shown; ``corrects`` the refused registration that is
    handed in anew, by somebody who proved that it is theirs.
    """

    portal: str
    kind: str
    answers: Answers
    submission_key: str
    applicant: User | None = None
    files: Mapping[str, Sequence[StoredFile]] = field(default_factory=dict)
    agreement_version: str = ""
    corrects: int | None = None
    channel: str = "web"

    @property
    def pack(self) -> Pack:
        """The portal's pack."""
        return registry.pack(self.portal)

    @property
    def way(self) -> Way:
        """The way in, as the pack describes it."""
        return self.pack.registration(self.kind)

    @property
    def name(self) -> str:
        """The person's name as typed; empty when an existing user was named by number."""
        return self.answers.text("real_name") or self.answers.text("name")

    @property
    def document_type(self) -> str:
        """The kind of document; an ID card unless said otherwise."""
        return self.answers.text("document_type") or "resident"

    def kept_answers(self) -> dict[str, object]:
        """The answers that may be stored as JSON: no passwords, no class-1 values, no files."""
        dropped = rules.ACCOUNT_FIELDS | rules.AGREEMENT_FIELDS | set(self.files)
        return dict(self.answers.without(*dropped).as_json())

    @property
    def consents(self) -> tuple[str, ...]:
        """The boxes that were ticked."""
        return tuple(sorted(key for key in rules.AGREEMENT_FIELDS if self.answers.flag(key)))

    def digest(self) -> str:
        """Over everything typed but passwords, numbers by their keyed index: tells a repeated form from another one."""
        contact = "\n".join(self.answers.text(key) for key in ("phone", "email", "landline"))
        shown = self.answers.without(
            *rules.PASSWORD_FIELDS, "document_number", "phone", "email", "landline", *self.files
        )
        body = {
            "kind": self.kind,
            "person": document_index(self.document_type, self.answers.text("document_number")),
            "contact": crypto.lookup_index(contact, purpose="registration"),
            "applicant": self.applicant.pk if self.applicant is not None else None,
            "answers": shown.as_json(),
            "files": {key: [file.digest for file in files] for key, files in self.files.items()},
        }
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
