"""From the referral on by the verbs, as pages and API do it: what tests of the first half of the pathway stand on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foramen.clinic.domain.verbs import VERBS, Done, perform
from foramen.clinic.models import Letter, Order, Patient, Referral, Visit
from foramen.kernel.errors import UserError
from tests.clinic.hospital import L5_LEFT, Hospital

DETAILS: dict[str, Any] = {
    "number": "4158 2093", "family_name": "Heron", "given_name": "Josef", "born": "1957-03-02", "sex": "male",
}  # fmt: skip
ASKED: dict[str, Any] = {"asked": [L5_LEFT], "indication": "sciatica", "referrer": "Dr J. Whitlow"}
ACCEPTED: dict[str, Any] = {"decision": "accepted", "targets": [L5_LEFT], "modality": "fluoroscopy", "variant": "no"}
ORDERED: dict[str, Any] = {"targets": [L5_LEFT], "modality": "fluoroscopy"}
IDENTITY: dict[str, Any] = {"initials": "JH", "birth_year": 1957, "sex": "male"}
APIXABAN: dict[str, Any] = {"name": "Eliquis", "dose": "5 mg", "frequency": "twice a day", "indication": "secondary"}
SCREENED: dict[str, Any] = {
    "no_allergies": True, "asked_of": "patient, by phone", "confirmed_at": "2026-11-12T15:06:00+01:00",
    "tendency": "no", "liver_cirrhosis": "no", "advanced_liver_disease": "no", "advanced_renal_disease": "no",
    "no_steroids_elsewhere": True, "no_surgery": True, "driver": "wife, by car", "medicines": [APIXABAN],
}  # fmt: skip


@dataclass
class Journey:
    """One patient of the small hospital on the way to the needle."""

    hospital: Hospital

    def do(self, who: str, name: str, subject: Any, content: dict[str, Any] | None = None, **act: Any) -> Done:
        """Perform a verb as somebody, with what a form or a request would hold."""
        wanted = VERBS[name].content.model_validate(content or {}, strict=False)
        return perform(self.hospital.act(who, **act), name, subject.pk, wanted)

    def refused(self, who: str, name: str, subject: Any, content: dict[str, Any] | None = None, **act: Any) -> Any:
        """The error with which a verb is refused."""
        try:
            self.do(who, name, subject, content, **act)
        except UserError as error:
            return error
        raise AssertionError(f"{name} was not refused")

    def patient(self, **changes: Any) -> Patient:
        done = self.do("lind", "register_patient", self.hospital.site, DETAILS | changes)
        return Patient.objects.get(pk=done.key)

    def referral(self, patient: Patient | None = None, **changes: Any) -> Referral:
        done = self.do("lind", "refer", patient or self.patient(), ASKED | changes)
        return Referral.objects.get(pk=done.key)

    def accepted(self, patient: Patient | None = None, **changes: Any) -> Referral:
        referral = self.referral(patient)
        self.do("okafor", "triage", referral, ACCEPTED | changes)
        return Referral.objects.get(pk=referral.pk)

    def order(self, patient: Patient | None = None, **changes: Any) -> Order:
        done = self.do("okafor", "place_order", self.accepted(patient), ORDERED | changes)
        return Order.objects.get(pk=done.key)

    def slot(self, start: str, room: str = "fl1", **more: Any) -> dict[str, Any]:
        """A slot by its local time: “10:00” is today."""
        whole = start if "T" in start else f"2026-11-26T{start}:00"
        return {"room": str(self.hospital.rooms[room].pk), "start": whole} | more

    def visit(self, start: str = "10:00", order: Order | None = None, **more: Any) -> Visit:
        done = self.do("lind", "book", order or self.order(), self.slot(start, **more))
        return Visit.objects.get(pk=done.key)

    def screen(self, visit: Visit, who: str = "dahl", **changes: Any) -> Done:
        return self.do(who, "sign_screening", visit, IDENTITY | {"screening": SCREENED | changes})

    def letter(self, visit: Visit) -> Letter:
        return Letter.objects.get(pk=self.do("dahl", "make_letter", visit).key)

    def read(self, visit: Visit, number: int) -> Done:
        return self.do("dahl", "acknowledge_letter", visit, {"number": number, "how": "phone"})

    def at(self, local: str) -> None:
        """Set the clock to a local time of winter in Zurich: 2026-11-12T15:10."""
        self.hospital.time.at = datetime.fromisoformat(f"{local}:00+01:00")


def told(error: UserError) -> list[tuple[str, str]]:
    """Where and what, of each fault."""
    return [(one.where, one.what) for one in error.faults]


__all__ = ["ACCEPTED", "APIXABAN", "ASKED", "DETAILS", "IDENTITY", "ORDERED", "SCREENED", "Journey", "told"]
