"""Uploads that nothing came to hold go after their time; what is held, or is just being taken up, stays."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction

from tests import small_world as make
from tests.checks.races.contest import together
from tests.declarations import world as w
from xueshi.declarations import services as declarations
from xueshi.files import services
from xueshi.files.models import StoredFile
from xueshi.files.services import clearing
from xueshi.files.tasks import clear_unused
from xueshi.kernel import clock
from xueshi.kernel.errors import RuleBroken

KEPT = settings.RETENTION["unused_uploads"]


def is_there(file: StoredFile) -> tuple[bool, bool]:
    """Whether the row stands, and the bytes lie."""
    return StoredFile.objects.filter(pk=file.pk).exists(), services.path_of(file.key).exists()


@pytest.mark.django_db(transaction=True)
def test_what_nothing_holds_goes_after_its_time_and_what_is_taken_up_stays() -> None:
    world = make.build()
    held = w.handed_in(world.person).evidence.get().file
    unused, left_over = w.stored(world.person), w.stored(world.person)
    StoredFile.objects.filter(pk=left_over.pk).delete()
    clear_unused(0)
    assert (is_there(unused), is_there(left_over)) == ((True, True), (False, True)), "its time is not over"
    with clock.shifted(KEPT + timedelta(hours=1)):
        clear_unused(0)
        assert (is_there(unused), is_there(left_over), is_there(held)) == ((False, False), (False, False), (True, True))
        clear_unused(0)
        assert (services.clear_unused(), is_there(held), services.verify(held)) == (0, (True, True), True)


@pytest.mark.django_db(transaction=True)
def test_clearing_while_a_declaration_takes_the_file_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever comes first: the file is held and stays, or it is gone and its page says so; never half of each."""
    world = make.build()
    with clock.shifted(KEPT + timedelta(hours=1)):
        file = w.stored(world.person)
        old = clock.now() - KEPT - timedelta(hours=1)
        StoredFile.objects.filter(pk=file.pk).update(uploaded_at=old)
        with transaction.atomic():
            declarations.save_draft(world.person, w.entry(world.person, "8", files=(file.pk,)))
            assert together(services.clear_unused) == [0], "passed over, not waited for"
        assert (services.clear_unused(), is_there(file)) == (0, (True, True))

        # Listed as unused, then taken up before the lock: the question asked under the lock finds it held.
        second = w.stored(world.colleague)
        StoredFile.objects.filter(pk=second.pk).update(uploaded_at=old)
        real = clearing._clear

        def late(pks: list[int]) -> int:
            declarations.save_draft(world.colleague, w.entry(world.colleague, "8", files=(second.pk,)))
            return real(pks)

        with monkeypatch.context() as racing:
            racing.setattr(clearing, "_clear", late)
            assert (services.clear_unused(), is_there(second)) == (0, (True, True))

        # Gone before it was taken up: said beside the question, and nothing is stored.
        third = w.stored(world.colleague)
        StoredFile.objects.filter(pk=third.pk).update(uploaded_at=old)
        assert services.clear_unused() == 1
        with pytest.raises(RuleBroken, match="附件已失效，请重新上传"):
            declarations.save_draft(world.colleague, w.entry(world.colleague, "8", files=(third.pk,)))
