"""What a batch writes and looks up with one parameter."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from xueshi.kernel import many
from xueshi.kernel.many import Among
from xueshi.notifications.models import Message

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 11, 8, 30, 0, 123456, tzinfo=UTC)
SHARED = {"portal": "weihai", "channel": "sms", "template": "notice", "created_at": AT, "due_at": AT}
HARD = "引号\"反斜线\\撇'号\n换行{},null"


def letter(key: str, recipient: str = "13800000001") -> dict[str, object]:
    return {"key": key, "recipient": recipient, "values": HARD, "expires_at": None}


def test_rows_come_back_as_they_were_given_and_sealed_columns_are_sealed() -> None:
    keys = many.insert(Message, [letter("one"), letter("two", "")], SHARED)
    one, two = Message.objects.order_by("pk")
    assert keys == [one.pk, two.pk]
    assert (one.key, one.recipient, one.values, two.recipient) == ("one", "13800000001", HARD, "")
    assert (one.created_at, one.expires_at, one.state, one.tries, one.hollow) == (AT, None, "waiting", 0, False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient FROM notifications_message ORDER BY id")
        sealed, empty = (bytes(value) for (value,) in cursor.fetchall())
    assert b"138" not in sealed
    assert (sealed[:1], empty) == (b"\x01", b"")


def test_what_is_there_stays_as_it_is_only_where_that_was_asked_for() -> None:
    many.insert(Message, [letter("one")], SHARED)
    again = [letter("one", "13900000002"), letter("two"), letter("two", "13900000002")]
    assert many.insert(Message, again, SHARED, once=True, returning="key") == ["two"]
    with pytest.raises(IntegrityError), transaction.atomic():
        many.insert(Message, [letter("two")], SHARED)
    assert [row.recipient for row in Message.objects.order_by("pk")] == ["13800000001", "13800000001"]


def test_among_finds_what_in_finds_with_one_parameter_and_asks_nothing_for_nobody() -> None:
    keys = many.insert(Message, [letter(str(place)) for place in range(5)], SHARED)
    with CaptureQueriesContext(connection) as asked:
        found = list(Message.objects.filter(Among("pk", iter(keys[1:4]))).order_by("pk"))
        assert not Message.objects.filter(Among("pk", []))
        assert many.insert(Message, [], SHARED) == []
    assert [row.pk for row in found] == keys[1:4]
    assert len(asked) == 1
    assert Message.objects.exclude(Among("pk", keys[:4])).get().pk == keys[4]


def test_only_what_the_database_reads_back_is_put_into_words() -> None:
    assert (
        many.as_json([{"hours": Decimal("1.50"), "sealed": b"\x01\xff"}])
        == '[{"hours": "1.50", "sealed": "\\\\x01ff"}]'
    )
    with pytest.raises(TypeError, match="set"):
        many.as_json([{"hours": {1}}])
