"""What puts a policy in force at a site: signed records, and nothing else (CLINICAL.md 1.4, hazard H07)."""

import tomllib
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest

from foramen.catalogue.decision import Outcome
from foramen.catalogue.instants import Moment
from foramen.catalogue.site_record import record_of
from foramen.clinic.domain.asked import RecordProposed, RecordSigned
from foramen.clinic.domain.errors import NotAllowedError, StaleError, WrongInputError
from foramen.clinic.domain.verbs import Done, perform
from foramen.clinic.models import PolicyRecord, Task, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rules.asking import ASKED
from foramen.clinic.rules.gates import judge
from foramen.clinic.rules.policies import in_force, records_of
from foramen.clinic.rules.record_text import record_text
from foramen.kernel.digests import text_digest
from foramen.kernel.errors import DefinitionError
from tests.clinic.hospital import Hospital

EXAMPLES = files("foramen.library").joinpath("site-records", "example")


def text_of(policy: str) -> str:
    return EXAMPLES.joinpath(f"{policy}.toml").read_text(encoding="utf-8")


def active(hospital: Hospital, policy: str) -> PolicyRecord:
    return PolicyRecord.objects.get(site=hospital.site, policy=policy, state="active")


def outcomes(hospital: Hospital, visit: Visit, policy: str) -> list[tuple[str, Outcome]]:
    hospital.time.at = hospital.local("09:11")
    judged = judge(visit, facts_of_visit(visit), "needle_in", Moment(hospital.time.at, "Europe/Zurich"))
    return [(one.rule, one.outcome) for one in judged.by_policy[policy].decisions]


def test_every_policy_of_every_occasion_is_in_force(hospital: Hospital) -> None:
    records = records_of(hospital.site)
    for policy in {name for names in ASKED.values() for name in names}:
        assert records.in_force(policy).content.id == policy


@pytest.mark.parametrize("policy", ASKED["needle_in"])
def test_a_missing_record_is_stop(hospital: Hospital, policy: str) -> None:
    PolicyRecord.objects.filter(site=hospital.site, policy=policy).update(state="superseded")
    visit = hospital.visit()
    hospital.walk(visit, "needle_in")
    assert outcomes(hospital, visit, policy) == [(policy, Outcome.STOP)]


def test_another_site_record_puts_nothing_in_force_here(hospital: Hospital) -> None:
    PolicyRecord.objects.filter(site=hospital.site).update(state="superseded")
    with pytest.raises(DefinitionError, match="put no version of this policy in force"):
        in_force(hospital.site, "steroids")
    assert in_force(hospital.other, "steroids").content.id == "steroids"


TAMPERED: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "one cell of the text",
        {"text": text_of("before-needle").replace("timeout_valid_min = 15", "timeout_valid_min = 90")},
    ),
    ("no TOML at all", {"text": "= ="}),
    ("an empty text", {"text": ""}),
    ("one signature", {"second_by": None}),
)


@pytest.mark.requirement("H07")
@pytest.mark.parametrize("changes", [one[1] for one in TAMPERED], ids=[one[0] for one in TAMPERED])
def test_a_record_that_was_changed_is_stop(hospital: Hospital, changes: dict[str, Any]) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "needle_in")
    assert outcomes(hospital, visit, "before-needle") != [("before-needle", Outcome.STOP)]
    PolicyRecord.objects.filter(pk=active(hospital, "before-needle").pk).update(**changes)
    assert outcomes(hospital, visit, "before-needle") == [("before-needle", Outcome.STOP)]


UNREADABLE: tuple[tuple[str, str], ...] = (
    ("of another policy", text_of("steroids")),
    ("a draft", text_of("before-needle").replace('state = "active"', 'state = "draft"')),
    ("of a file that was changed", text_of("before-needle").replace("13d18254", "00000000")),
    (
        "of a version that there is not",
        text_of("before-needle").replace('version = "2026-11-20"', 'version = "2025-01"'),
    ),
    (
        "with a value out of range",
        text_of("before-needle").replace("timeout_valid_min = 15", "timeout_valid_min = 100000"),
    ),
    ("no TOML", "= ="),
)


@pytest.mark.parametrize("text", [one[1] for one in UNREADABLE], ids=[one[0] for one in UNREADABLE])
def test_a_record_that_puts_nothing_in_force_is_stop(hospital: Hospital, text: str) -> None:
    row = active(hospital, "before-needle")
    PolicyRecord.objects.filter(pk=row.pk).update(text=text, text_sha256=text_digest(text))
    visit = hospital.visit()
    hospital.walk(visit, "needle_in")
    assert outcomes(hospital, visit, "before-needle") == [("before-needle", Outcome.STOP)]


@pytest.mark.requirement("H07")
def test_a_version_past_its_review_says_so_and_sixty_days_later_is_for_a_person(hospital: Hospital) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "needle_in")
    start = visit.start
    for days, outcome in ((370, Outcome.OK), (460, Outcome.DECIDE)):
        visit.start = start + timedelta(days=days)
        now = Moment(visit.start, "Europe/Zurich")
        judgement = judge(visit, facts_of_visit(visit), "needle_in", now).by_policy["steroid-dose"]
        assert {one.outcome for one in judgement.decisions} == {outcome}
        assert any("was to be reviewed by" in banner for banner in judgement.banners)


@pytest.mark.parametrize("policy", sorted({name for names in ASKED.values() for name in names}))
def test_a_record_is_written_as_it_is_read(policy: str) -> None:
    record = record_of(text_of(policy), policy)
    assert record_of(record_text(record.content), policy).content == record.content


# --- the verbs ------------------------------------------------------------------------------------------------------


def propose(hospital: Hospital, who: str = "vance", policy: str = "before-needle", **values: str) -> PolicyRecord:
    text = text_of(policy)
    for old, new in values.items():
        text = text.replace(f"{old} = 15", f"{old} = {new}")
    done: Done = perform(
        hospital.act(who), "propose_record", hospital.site.pk, RecordProposed(policy=policy, text=text)
    )
    return PolicyRecord.objects.get(pk=done.key)


def sign(hospital: Hospital, who: str, row: PolicyRecord) -> PolicyRecord:
    row.refresh_from_db()
    perform(hospital.act(who), "sign_record", row.pk, RecordSigned(version=row.version))
    row.refresh_from_db()
    return row


def test_a_proposal_is_a_draft_whatever_it_says_of_itself(hospital: Hospital) -> None:
    row = propose(hospital, timeout_valid_min="20")
    told = tomllib.loads(row.text)
    assert (row.state, told["state"], "signatories" in told, "day" in told) == ("draft", "draft", False, False)
    assert told["parameters"] == {"timeout_valid_min": 20}
    assert active(hospital, "before-needle").pk != row.pk


@pytest.mark.requirement("ASVS V2.3.5", "USR-3")
def test_two_doctors_put_a_record_in_force_and_the_older_one_out(hospital: Hospital) -> None:
    older, row = active(hospital, "before-needle"), propose(hospital, timeout_valid_min="20")
    assert sign(hospital, "vance", row).state == "reviewed"
    assert active(hospital, "before-needle").pk == older.pk
    assert sign(hospital, "ito", row).state == "active"
    older.refresh_from_db()
    assert (older.state, older.superseded_at) == ("superseded", hospital.time.at)
    told = tomllib.loads(row.text)
    assert [(one["name"], one["role"]) for one in told["signatories"]] == [
        ("Dr L. Vance", "lead radiologist"), ("Dr M. Ito", "radiologist"),
    ]  # fmt: skip
    assert (told["state"], str(told["day"])) == ("active", "2026-11-26")
    assert in_force(hospital.site, "before-needle").parameter("timeout_valid_min") == 20
    assert in_force(hospital.other, "before-needle").parameter("timeout_valid_min") == 15


@pytest.mark.requirement("ASVS V2.3.5")
def test_one_person_does_not_sign_twice(hospital: Hospital) -> None:
    row = sign(hospital, "vance", propose(hospital))
    with pytest.raises(NotAllowedError, match="two different people"):
        sign(hospital, "vance", row)


def test_one_of_the_two_is_the_lead(hospital: Hospital) -> None:
    row = sign(hospital, "okafor", propose(hospital))
    with pytest.raises(NotAllowedError, match="one of the two signatures is the lead's"):
        sign(hospital, "ito", row)
    assert sign(hospital, "vance", row).state == "active"


@pytest.mark.parametrize("who", ["dahl", "ferro", "lind", "hale", "okafor"])
def test_only_the_lead_proposes(hospital: Hospital, who: str) -> None:
    with pytest.raises(NotAllowedError):
        propose(hospital, who)


@pytest.mark.parametrize("who", ["dahl", "ferro", "lind", "hale"])
def test_only_doctors_sign(hospital: Hospital, who: str) -> None:
    row = propose(hospital)
    with pytest.raises(NotAllowedError):
        sign(hospital, who, row)


def test_what_is_signed_is_the_version_that_was_read(hospital: Hospital) -> None:
    row = propose(hospital)
    with pytest.raises(StaleError):
        perform(hospital.act("vance"), "sign_record", row.pk, RecordSigned(version=row.version + 1))


def test_a_record_in_force_is_not_signed_again(hospital: Hospital) -> None:
    with pytest.raises(WrongInputError, match="nothing is left to sign"):
        sign(hospital, "ito", active(hospital, "before-needle"))


WRONG: tuple[tuple[str, str, str], ...] = (
    ("of another policy", text_of("steroids"), "of another policy"),
    ("not TOML", "= =", "not valid TOML"),
    ("a value out of range", text_of("before-needle").replace("= 15", "= 100000"), "out of range"),
    (
        "a value that nobody knows",
        text_of("before-needle").replace("timeout_valid_min", "timeout"),
        "no such parameter",
    ),
    ("a file that was changed", text_of("before-needle").replace("13d18254", "00000000"), "has changed"),
)


@pytest.mark.parametrize(("text", "said"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_a_record_that_could_put_nothing_in_force_is_not_even_proposed(
    hospital: Hospital, text: str, said: str
) -> None:
    before = PolicyRecord.objects.count()
    with pytest.raises(DefinitionError, match=said):
        perform(
            hospital.act("vance"), "propose_record", hospital.site.pk, RecordProposed(policy="before-needle", text=text)
        )
    assert PolicyRecord.objects.count() == before


def test_a_changed_outcome_of_a_booked_visit_is_a_task_and_never_silent(hospital: Hospital) -> None:
    """Old age from 60 instead of 70 years makes an NSAID of a patient of 65 a matter of a day's hold."""
    medicine = {"name": "ibuprofen", "last_dose_at": "2026-11-26T08:00:00+01:00", "stopped": False}
    hospital.time.at = hospital.local("08:38")
    told = {"no_medicines": False, "medicines": [medicine]}
    changed, other = hospital.visit(born=hospital.local("09:30").date().replace(year=1961)), hospital.visit("10:00")
    for visit in (changed, other):
        hospital.walk(visit, "arrival", screening=told)
    text = text_of("antithrombotics").replace("old_age_years = 70", "old_age_years = 60")
    done = perform(
        hospital.act("vance"), "propose_record", hospital.site.pk, RecordProposed(policy="antithrombotics", text=text)
    )
    row = PolicyRecord.objects.get(pk=done.key)
    for who in ("vance", "okafor"):
        sign(hospital, who, row)
    task = Task.objects.get()
    assert (task.visit_id, task.kind, task.state) == (changed.pk, "policy antithrombotics", "open")
    assert task.content["changes"] == [
        {"subject": "ibuprofen", "before": "OK", "now": "HOLD, last dose by Tue 24 Nov 23:59"}
    ]
    changed.refresh_from_db()
    assert [one["outcome"] for one in changed.readiness["cells"] if one["name"] == "Blood"] == ["HOLD"]


def test_a_second_change_opens_the_same_task_again(hospital: Hospital) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "arrival")
    hospital.time.at = hospital.local("08:38")
    for days in ("7", "400"):
        text = text_of("repeat-orders").replace("order_valid_days = 180", f"order_valid_days = {days}")
        done = perform(
            hospital.act("vance"), "propose_record", hospital.site.pk, RecordProposed(policy="repeat-orders", text=text)
        )
        for who in ("vance", "ito"):
            sign(hospital, who, PolicyRecord.objects.get(pk=done.key))
    task = Task.objects.get(visit=visit)
    assert [(one["before"], one["now"]) for one in task.content["changes"]] == [("STOP", "OK")]
