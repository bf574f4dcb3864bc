"""Importing this module declares every verb: one line for each module that has some."""

import foramen.clinic.domain.arrival  # noqa: F401
import foramen.clinic.domain.corrections  # noqa: F401
import foramen.clinic.domain.crew  # noqa: F401
import foramen.clinic.domain.day  # noqa: F401
import foramen.clinic.domain.discharge  # noqa: F401
import foramen.clinic.domain.dose  # noqa: F401
import foramen.clinic.domain.events  # noqa: F401
import foramen.clinic.domain.given  # noqa: F401
import foramen.clinic.domain.letters  # noqa: F401
import foramen.clinic.domain.orders  # noqa: F401
import foramen.clinic.domain.overrides  # noqa: F401
import foramen.clinic.domain.patients  # noqa: F401
import foramen.clinic.domain.people  # noqa: F401
import foramen.clinic.domain.policies  # noqa: F401
import foramen.clinic.domain.procedure  # noqa: F401
import foramen.clinic.domain.recovery  # noqa: F401
import foramen.clinic.domain.referrals  # noqa: F401
import foramen.clinic.domain.screening  # noqa: F401
import foramen.clinic.domain.time_out  # noqa: F401
import foramen.clinic.domain.visits  # noqa: F401
