"""A message has what was wrong, where, what was received, what to try; all faults come together."""

import pytest

from foramen.kernel.errors import DataError, Defect, DisclosureError, Fault, UserError, raise_all


def test_a_fault_prints_its_four_parts() -> None:
    fault = Fault("not a number", "a.csv, row 3, column age", "a text", "correct the cell")
    assert str(fault) == "a.csv, row 3, column age: not a number\n  received: a text\n  try: correct the cell"


def test_all_faults_are_raised_together_or_nothing_is() -> None:
    raise_all(DataError, [])
    with pytest.raises(DataError) as raised:
        raise_all(DataError, [Fault("one"), Fault("two")])
    assert str(raised.value) == "one\ntwo"


def test_the_users_faults_and_ours_have_their_own_exit_codes() -> None:
    kinds = {error: error.exit_code for error in [UserError, *UserError.__subclasses__()]}
    assert kinds.pop(DisclosureError) == 3
    assert set(kinds.values()) == {2}
    assert Defect.exit_code == 1
