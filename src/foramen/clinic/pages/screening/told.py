"""From a form that was filled in to the screening as it is signed."""

from collections.abc import Mapping, Sequence
from typing import Any

from foramen.clinic.domain.act import Act
from foramen.clinic.facts.screening import MOST_STEROIDS, ScreeningSigned
from foramen.clinic.models import Visit
from foramen.clinic.pages.screening.forms import FACTORS, MEDICINE, NONES, REGIONS, STEROID, ScreeningForm

Answers = Mapping[str, Any]


def told_of(form: ScreeningForm, visit: Visit, act: Act, before: ScreeningSigned | None) -> dict[str, Any]:
    """The content of the screening. What was not answered is left out; the verb says what is missing."""
    data: Answers = form.cleaned_data
    told: dict[str, Any] = {
        name: data[name] for name in (*FACTORS, "patient_zone", "thromboembolic_risk") if data.get(name)
    }
    told |= {name: _lines(data.get(name, "")) for name in ("allergies", "surgery")}
    told |= {name: bool(data.get(name)) for name in NONES}
    told |= {name: data.get(name) or "" for name in ("asked_of", "raised", "driver")}
    told |= {"confirmed_at": data.get("confirmed_at"), "inr": list(_inrs(data)), "mri": _mri(data)}
    told |= {"renal": _renal(data)} if data.get("renal_measure") or data.get("renal_value") else {}
    told |= {"steroids_elsewhere": list(_steroids(data))}
    names = [n for n in range(1, form.count + 1) if any(data.get(f"m{n}_{name}") for name in MEDICINE)]
    return told | {"medicines": [_medicine(_row(data, n), visit, act, before) for n in names]}


def _row(data: Answers, n: int) -> dict[str, Any]:
    return {name: data.get(f"m{n}_{name}") for name in MEDICINE}


def _lines(text: str) -> list[str]:
    return [one.strip() for one in text.splitlines() if one.strip()]


def _renal(data: Answers) -> dict[str, Any]:
    return {"measure": data["renal_measure"], "value": data["renal_value"], "on": data["renal_on"]}


def _inrs(data: Answers) -> Sequence[dict[str, Any]]:
    rows = [{name: data.get(f"inr{n}_{name}") or None for name in ("value", "at", "report")} for n in (1, 2)]
    return [one | {"report": one["report"] or ""} for one in rows if one["value"]]


def _steroids(data: Answers) -> Sequence[dict[str, Any]]:
    rows = [{name: data.get(f"steroid{n}_{name}") or None for name in STEROID} for n in range(1, MOST_STEROIDS + 1)]
    return [one for one in rows if any(one.values())]


def _mri(data: Answers) -> dict[str, Any]:
    regions = [name for name in REGIONS if data.get(f"mri_{name}")]
    return {"accession": data.get("mri_accession") or "", "on": data.get("mri_on"), "regions": regions}


def _medicine(row: dict[str, Any], visit: Visit, act: Act, before: ScreeningSigned | None) -> dict[str, Any]:
    words = ("name", "dose", "frequency", "route", "indication_reason")
    told: dict[str, Any] = {name: row[name] or "" for name in words}
    told |= {name: row[name] for name in ("indication", "loading_dose", "last_dose_at", "last_dose_on") if row[name]}
    told |= {name: bool(row[name]) for name in ("last_dose_unknown", "to_continue")}
    told |= {"stopped": row["stopped"] == "yes"} if row["stopped"] else {}
    told |= {"agreement": _agreement(row, visit)} if row["agreement_name"] else {}
    decided = _decided(row, visit, act, before)
    return told | ({"decided": decided} if decided else {})


def _agreement(row: dict[str, Any], visit: Visit) -> dict[str, Any]:
    names = ("name", "role", "channel", "at", "answer")
    said: dict[str, Any] = {name: row[f"agreement_{name}"] for name in names}
    risk = row["agreement_thromboembolic_risk"]
    said |= {"thromboembolic_risk": risk} if risk else {}
    return said | {"start": visit.start, "words": row["agreement_words"] or ""}


def _decided(row: dict[str, Any], visit: Visit, act: Act, before: ScreeningSigned | None) -> dict[str, Any] | None:
    """The radiologist's decision: one that stands is carried on, a new one is of whoever signs now."""
    if not row["decided"]:
        return None
    same = (one for one in (before.medicines if before else ()) if one.name == row["name"] and one.decided is not None)
    standing = next((one.decided for one in same if one.decided and one.decided.words == row["decided"]), None)
    if standing is not None:
        found: dict[str, Any] = standing.model_dump()
        return found
    return {"name": act.person.username, "at": act.at, "start": visit.start, "words": row["decided"]}
