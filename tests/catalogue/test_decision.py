"""The lattice of outcomes, who may override, and what a record of a decision holds."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import pytest

from foramen.catalogue.decision import (
    Decision,
    Finding,
    Input,
    Judgement,
    Moment,
    Outcome,
    Override,
    Reference,
    Stamp,
    Todo,
    by_severity,
    strictest,
    worst,
)

NOW = Moment(datetime(2026, 5, 20, 7, tzinfo=UTC), "Europe/Zurich")
STAMP = Stamp(
    "p", "2026", "a" * 64, "b" * 64, date(2028, 6, 30), "2026a", (Reference("names", "2026-06", "c" * 64),)
)  # fmt: skip
ORDER = ["STOP", "HOLD", "DECIDE", "OK", "NA"]


@pytest.mark.parametrize(("one", "other"), list(product(Outcome, repeat=2)))
def test_the_worse_of_two_outcomes_holds(one: Outcome, other: Outcome) -> None:
    assert worst([one, other]).value == min(one.value, other.value, key=ORDER.index)


def test_no_outcome_at_all_is_stop() -> None:
    assert worst([]) is Outcome.STOP
    assert Judgement((), "plan", NOW).outcome is Outcome.STOP


def test_whoever_may_override_the_strictest_of_several_may_override_them() -> None:
    assert strictest([Override.O1, None, Override.O2]) is Override.O2
    assert strictest([Override.O2, Override.O0, Override.O1]) is Override.O0
    assert strictest([None]) is None


def test_findings_stand_worst_first_and_else_in_their_order() -> None:
    found = [
        Finding(Outcome.OK, "a"),
        Finding(Outcome.HOLD, "b"),
        Finding(Outcome.STOP, "c"),
        Finding(Outcome.HOLD, "d"),
    ]
    assert [one.reason for one in by_severity(found)] == ["c", "b", "d", "a"]


def test_a_record_holds_everything_that_is_asked_of_it_and_is_plain_json() -> None:
    decision = Decision(
        "AC-13", Outcome.HOLD, ("wait",), STAMP, "apixaban", "3 days or 75 h", "75 h", "Table 1", NOW,
        {"latest_last_dose": NOW}, ("call us",), (Todo("ask", date(2026, 5, 20)), Todo("call", NOW)), ("others",),
        Override.O2, (Input("inr", Decimal("1.1"), "lab", "2026-05-20"), Input("renal", None)), ("over-held",),
        (Finding(Outcome.HOLD, "wait", Override.O2, NOW),), NOW, "arrival",
    )  # fmt: skip
    shown = json.loads(json.dumps(Judgement((decision,), "arrival", NOW).to_json()))
    assert shown["outcome"] == "HOLD"
    (record,) = shown["decisions"]
    moment = {"utc": "2026-05-20T07:00:00+00:00", "local": "2026-05-20T09:00:00+02:00", "zone": "Europe/Zurich"}
    assert record["asked"] == record["until"] == record["moments"]["latest_last_dose"] == moment
    assert record["inputs"] == [
        {"name": "inr", "value": "1.1", "source": "lab", "recorded": "2026-05-20"},
        {"name": "renal", "value": None, "source": "", "recorded": ""},
    ]
    assert record["override"]["class"] == "O2"
    assert record["todos"] == [{"what": "ask", "by": "2026-05-20"}, {"what": "call", "by": moment}]
    assert record["scope"] == "this procedure at this time only"
    assert record["stamp"] == {
        "policy": "p", "version": "2026", "sha256": "a" * 64, "record_sha256": "b" * 64, "review_by": "2028-06-30",
        "tzdata": "2026a", "rests_on": [{"id": "names", "version": "2026-06", "sha256": "c" * 64}],
    }  # fmt: skip
