"""Local times and instants: gaps, folds, the arithmetic of holds, in any zone and from the pinned database alone."""

import os
import subprocess
import sys
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from foramen.catalogue.instants import (
    TZDATA,
    Moment,
    clock_changes,
    day_of,
    day_text,
    duration_text,
    earliest_after,
    end_of_day,
    held_until,
    instants_of,
    latest_before,
    local_of,
    moment_of,
    moment_text,
    safer_moment,
    start_of_day,
    zone,
)
from foramen.kernel.errors import DataError

CHICAGO, ZURICH, CAIRO = "America/Chicago", "Europe/Zurich", "Africa/Cairo"
ZONES = (CHICAGO, ZURICH, CAIRO, "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "UTC")


def at(text: str, name: str) -> Moment:
    return moment_of(datetime.fromisoformat(text), name, where="here")


def shown(moment: Moment) -> str:
    return local_of(moment).strftime("%Y-%m-%d %H:%M:%S")


def test_a_local_time_in_the_gap_of_spring_is_refused_with_an_explanation() -> None:
    with pytest.raises(DataError) as refused:
        at("2026-03-08T02:30", CHICAGO)
    assert "here: clocks went forward: this local time does not exist" in str(refused.value)
    assert "received: 2026-03-08 02:30 America/Chicago" in str(refused.value)


def test_a_local_time_in_the_fold_of_autumn_is_asked() -> None:
    local = datetime(2026, 11, 1, 1, 30)
    with pytest.raises(DataError, match="occurs twice"):
        moment_of(local, CHICAGO, where="here")
    earlier = moment_of(local, CHICAGO, which="earlier", where="here")
    later = moment_of(local, CHICAGO, which="later", where="here")
    assert later.utc - earlier.utc == timedelta(hours=1)


@pytest.mark.parametrize(("purpose", "hour"), [("last_dose", 7), ("procedure", 6), ("restart", 7)])
def test_an_ambiguous_time_that_stays_so_is_the_safer_one(purpose: str, hour: int) -> None:
    found = safer_moment(datetime(2026, 11, 1, 1, 30), CHICAGO, purpose)  # type: ignore[arg-type]
    assert found.utc == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


def test_a_day_without_midnight_begins_when_the_clocks_begin_it() -> None:
    assert instants_of(datetime(2027, 4, 30), CAIRO) == ()
    assert shown(start_of_day(date(2027, 4, 30), CAIRO)) == "2027-04-30 01:00:00"
    assert shown(end_of_day(date(2027, 4, 30), CAIRO)) == "2027-04-30 23:59:59"
    assert shown(end_of_day(date(2027, 4, 29), CAIRO)) == "2027-04-29 23:59:59"


def test_an_end_of_day_that_occurs_twice_is_the_later_one() -> None:
    end = end_of_day(date(2026, 10, 29), CAIRO)
    assert len(instants_of(datetime(2026, 10, 29, 23, 59, 59), CAIRO)) == 2
    assert day_of(Moment(end.utc + timedelta(seconds=1), CAIRO)) == date(2026, 10, 30)


def test_a_day_that_a_zone_has_left_out_does_not_crash() -> None:
    assert end_of_day(date(2011, 12, 30), "Pacific/Apia").utc == datetime(2011, 12, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Europe/Bern", "europe/zurich", "", "../etc/passwd", "EST5EDT4"])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="this is no time zone"):
        zone(name)


def test_the_copy_of_the_system_is_never_read(tmp_path: Path) -> None:
    """The system's place for zones holds a Zurich that is five hours ahead."""
    (tmp_path / "Europe").mkdir()
    kept = files("tzdata").joinpath("zoneinfo/Asia/Karachi").read_bytes()
    (tmp_path / "Europe/Zurich").write_bytes(kept)
    code = (
        "from foramen.catalogue.instants import zone; from datetime import datetime\n"
        "print(datetime(2026, 7, 1, tzinfo=zone('Europe/Zurich')).utcoffset())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONTZPATH": str(tmp_path)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "2:00:00"
    assert tzdata.IANA_VERSION == TZDATA


def test_a_zone_that_somebody_else_has_cached_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = zoneinfo.ZoneInfo("UTC")
    monkeypatch.setattr(zoneinfo, "ZoneInfo", lambda name: fake)
    zone.cache_clear()
    assert datetime(2026, 7, 1, tzinfo=zone(ZURICH)).utcoffset() == timedelta(hours=2)


starts = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)).map(
    lambda one: one.replace(second=0, microsecond=0)
)


@given(starts, st.sampled_from(ZONES), st.integers(1, 300))
def test_the_latest_last_dose_keeps_both_rules(utc: datetime, name: str, hours: int) -> None:
    start = Moment(utc, name)
    latest = latest_before(start, hours)
    assert start.utc - latest.utc >= timedelta(hours=hours)
    assert local_of(start).replace(tzinfo=None) - local_of(latest).replace(tzinfo=None) >= timedelta(hours=hours)
    assert start.utc - latest.utc <= timedelta(hours=hours + 1)


@given(starts, st.sampled_from(ZONES), st.integers(1, 48))
def test_the_earliest_restart_keeps_both_rules(utc: datetime, name: str, hours: int) -> None:
    end = Moment(utc, name)
    first = earliest_after(end, hours)
    assert timedelta(hours=hours) <= first.utc - end.utc <= timedelta(hours=hours + 1)
    assert local_of(first).replace(tzinfo=None) - local_of(end).replace(tzinfo=None) >= timedelta(hours=hours)


def test_holds_and_restarts_are_never_rounded_toward_the_shorter() -> None:
    dose = Moment(datetime(2026, 5, 1, 9, 0, 1, tzinfo=UTC), "UTC")
    assert shown(held_until(dose, 24)) == "2026-05-02 09:01:00"
    assert shown(earliest_after(dose, 24)) == "2026-05-02 09:01:00"
    assert shown(latest_before(dose, 24)) == "2026-04-30 09:00:00"
    assert duration_text(timedelta(hours=74, minutes=59, seconds=59)) == "74 h 59 min"


def test_changes_of_clocks_are_named_by_their_day() -> None:
    hour = timedelta(hours=1)
    spring = list(clock_changes(at("2026-03-03T08:00", CHICAGO), at("2026-03-10T09:00", CHICAGO)))
    assert spring == [(date(2026, 3, 8), hour)]
    cairo = list(clock_changes(at("2027-04-27T08:00", CAIRO), at("2027-05-02T09:00", CAIRO)))
    assert cairo == [(date(2027, 4, 30), hour)]
    assert list(clock_changes(at("2026-10-30T08:00", CHICAGO), at("2026-11-03T08:00", CHICAGO))) == [
        (date(2026, 11, 1), -hour)
    ]
    assert list(clock_changes(at("2026-03-08T04:00", CHICAGO), at("2026-03-08T05:00", CHICAGO))) == []


def test_people_are_told_the_weekday_the_date_the_hour_and_the_zone() -> None:
    assert moment_text(at("2026-03-07T05:00", CHICAGO)) == "Sat 7 March 2026, 05:00 (America/Chicago)"
    assert day_text(date(2028, 2, 29)) == "Tue 29 February 2028"
    twice = moment_of(datetime(2026, 11, 1, 1, 30), CHICAGO, which="later", where="here")
    assert moment_text(twice) == "Sun 1 November 2026, 01:30, the second time (America/Chicago)"


def test_a_moment_is_recorded_in_utc_and_as_the_clocks_of_the_site_show_it() -> None:
    assert at("2026-03-10T09:00", CHICAGO).to_json() == {
        "utc": "2026-03-10T14:00:00+00:00",
        "local": "2026-03-10T09:00:00-05:00",
        "zone": CHICAGO,
    }
