"""The key ring and this database: whether they belong together, wrapping keys anew, which keys are still in use."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import StrIndex, Substr

from foramen.clinic.models import Patient
from foramen.clinic.records.context import saying
from foramen.clinic.sealed.cipher import DoesNotOpenError
from foramen.clinic.sealed.data_key import unwrap, wrap
from foramen.clinic.sealed.ring import SETTING, KeyRingError, ring

BATCH = 500
ROTATING = {"shown_as": "command line", "verb": "keys rotate"}


def names_in_use() -> Mapping[str, int]:
    """How many patients have a key that is wrapped by each key of a ring."""
    name = Substr(F("data_key"), 1, StrIndex(F("data_key"), Value(":")) - 1)
    found = Patient.objects.exclude(data_key="").annotate(ring_key=name).order_by().values_list("ring_key", flat=True)
    return Counter(found.iterator())


def has_keys() -> bool:
    """Whether any patient has a key. Tables of an older version hold none."""
    table = Patient._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        columns = {one.name for one in connection.introspection.get_table_description(cursor, table)}
    return "data_key" in columns and bool(names_in_use())


def require_keys() -> None:
    """Raise KeyRingError unless the ring is there and is that of this database: of every name in use, one opens."""
    known = ring().keys
    for name in names_in_use():
        if name not in known:
            raise KeyRingError.single(
                "a key that this database was sealed with is not in the ring", where=SETTING, received=name,
                remedy="the ring of this installation, with every key that was not dropped",
            )  # fmt: skip
        patient = Patient.objects.filter(data_key__startswith=f"{name}:").order_by("pk").only("pk", "data_key").first()
        if patient is not None:
            require_opens(patient)


def require_opens(patient: Patient) -> None:
    """Raise KeyRingError where the key of a patient does not open with the ring."""
    try:
        unwrap(patient.data_key, patient.pk)
    except DoesNotOpenError:
        raise KeyRingError.single(
            "a key of this database does not open with the ring", where=SETTING,
            received=f"{patient.data_key.partition(':')[0]}, patient {patient.pk}",
            remedy="the ring that this database was sealed with; or restore a backup",
        ) from None  # fmt: skip


def check_all() -> int:
    """Open the key of every patient; how many. Raises KeyRingError at the first that does not open."""
    opened = 0
    for patient in Patient.objects.exclude(data_key="").order_by("pk").only("pk", "data_key").iterator():
        require_opens(patient)
        opened += 1
    return opened


def left_to_wrap() -> int:
    """Patients whose key is not wrapped by the current key of the ring."""
    current = ring().current
    return sum(count for name, count in names_in_use().items() if name != current)


def wrap_anew(batch: int = BATCH) -> Iterator[int]:
    """Wrap every patient's key by the current key of the ring, a batch at a time; how many are done so far. What was
    done stays done when it is stopped, and is not done twice."""
    done, current = 0, ring().current
    while True:
        old = Patient.objects.exclude(data_key="").exclude(data_key__startswith=f"{current}:")
        rows = list(old.order_by("pk").only("pk", "data_key")[:batch])
        if not rows:
            return
        with saying(ROTATING):
            done += sum(_wrap(patient) for patient in rows)
        yield done


def _wrap(patient: Patient) -> int:
    """Only where nobody has wrapped or destroyed it in between."""
    made = wrap(unwrap(patient.data_key, patient.pk), patient.pk)
    return Patient.objects.filter(pk=patient.pk, data_key=patient.data_key).update(data_key=made)
