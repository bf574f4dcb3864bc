"""Importing this module declares every verb: one line for each module that has some."""

import foramen.clinic.domain.arrival
import foramen.clinic.domain.assessments
import foramen.clinic.domain.corrections
import foramen.clinic.domain.crew
import foramen.clinic.domain.day
import foramen.clinic.domain.discharge
import foramen.clinic.domain.dose
import foramen.clinic.domain.erasure
import foramen.clinic.domain.events
import foramen.clinic.domain.given
import foramen.clinic.domain.letters
import foramen.clinic.domain.orders
import foramen.clinic.domain.overrides
import foramen.clinic.domain.patients
import foramen.clinic.domain.people
import foramen.clinic.domain.policies
import foramen.clinic.domain.procedure
import foramen.clinic.domain.recovery
import foramen.clinic.domain.referrals
import foramen.clinic.domain.registry
import foramen.clinic.domain.research
import foramen.clinic.domain.restored
import foramen.clinic.domain.screening
import foramen.clinic.domain.signatures
import foramen.clinic.domain.time_out
import foramen.clinic.domain.visits
