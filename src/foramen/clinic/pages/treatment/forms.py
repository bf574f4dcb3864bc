"""Every form of the page of a treatment, by the name of its step."""

from collections.abc import Mapping

from foramen.clinic.pages.treatment import (
    forms_apart,
    forms_arrival,
    forms_drugs,
    forms_needle,
    forms_recovery,
    forms_signing,
    forms_targets,
    forms_time_out,
)
from foramen.clinic.pages.treatment.step_form import StepForm

_ALL: tuple[type[StepForm], ...] = (
    *forms_targets.FORMS, *forms_arrival.FORMS, *forms_drugs.FORMS, *forms_time_out.FORMS, *forms_needle.FORMS,
    *forms_recovery.FORMS, *forms_apart.FORMS, *forms_signing.FORMS,
)  # fmt: skip

FORMS: Mapping[str, type[StepForm]] = {one.step: one for one in _ALL}
