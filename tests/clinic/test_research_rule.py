"""What of a patient research may use, by everything that the patient has said (CLINICAL.md 8 H31, 9.9 DEI-7)."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from foramen.clinic.domain.research import ScopesNow, Word, scopes_at, standing_of


def day(n: int) -> datetime:
    return datetime(2026, 1, n, tzinfo=UTC)


def signed(n: int, new_data: bool = True, use: bool = True, contact: bool = True) -> Word:
    return Word(day(n), {"contact": contact, "new_data": new_data, "use": use})


def taken_back(n: int, *scopes: str) -> Word:
    return Word(day(n), dict.fromkeys(scopes or ("contact", "new_data", "use"), False))


NOW = (signed(10),)
WITHDREW_NEW = (signed(10), taken_back(15, "new_data"))
WITHDREW_ALL = (signed(10), taken_back(15))
CAME_BACK = (*WITHDREW_NEW, signed(20))

EXAMPLES = [
    ("never asked", (), 12, "never asked"),
    ("recorded after the consent", NOW, 12, "in"),
    ("recorded at the instant of the consent", NOW, 10, "in"),
    ("recorded before the consent, which says use", NOW, 5, "in"),
    ("the consent says no to all", (signed(10, new_data=False, use=False),), 12, "use refused"),
    ("new data are allowed, use is not", (signed(10, use=False),), 12, "use refused"),
    ("what there was may be used, recorded before", (signed(10, new_data=False),), 5, "in"),
    ("what there was may be used, recorded later", (signed(10, new_data=False),), 12, "new data refused"),
    ("new data taken back, recorded before that", WITHDREW_NEW, 12, "in"),
    ("new data taken back, recorded at that instant", WITHDREW_NEW, 15, "new data withdrawn"),
    ("new data taken back, recorded since", WITHDREW_NEW, 17, "new data withdrawn"),
    ("everything taken back, recorded before that", WITHDREW_ALL, 12, "use withdrawn"),
    ("everything taken back, recorded since", WITHDREW_ALL, 17, "use withdrawn"),
    ("only use taken back", (signed(10), taken_back(15, "use")), 12, "use withdrawn"),
    ("only contact taken back", (signed(10), taken_back(15, "contact")), 17, "in"),
    ("back again, recorded in between", CAME_BACK, 17, "in"),
    ("back again, recorded since", CAME_BACK, 22, "in"),
    ("back again without use", (*WITHDREW_NEW, signed(20, use=False)), 12, "use withdrawn"),
    ("back again for what there was, recorded since", (*WITHDREW_NEW, signed(20, new_data=False)), 22,
     "new data withdrawn"),
    ("taken back before anybody asked", (taken_back(15),), 12, "use refused"),
    ("taken back before anybody asked, then signed", (taken_back(15), signed(20)), 17, "in"),
    ("a second form narrows it", (signed(10), signed(20, use=False)), 12, "use withdrawn"),
]  # fmt: skip
"""What it shows, the words, the day of the recording, and what comes of it: written down by hand."""


@pytest.mark.requirement("H31", "DEI-7")
@pytest.mark.parametrize(("says", "words", "recorded", "expected"), EXAMPLES, ids=[one[0] for one in EXAMPLES])
def test_what_may_be_used_of_what_was_recorded_when(
    says: str, words: tuple[Word, ...], recorded: int, expected: str
) -> None:
    assert {standing_of(order, day(recorded)) for order in permutations(words)} == {expected}, says


def test_scope_by_scope_the_last_word_counts_and_silence_is_no() -> None:
    assert scopes_at(()) == ScopesNow(asked=False, contact=False, new_data=False, use=False)
    words = (signed(10, contact=False), taken_back(15, "use"), signed(20, new_data=False, contact=False))
    said = {n: scopes_at(words, day(n))[1:] for n in (9, 10, 15, 20)}
    assert said == {9: (False,) * 3, 10: (False, True, True), 15: (False, True, False), 20: (False, False, True)}
    assert scopes_at(words) == ScopesNow(True, False, False, True)
