"""Importing this module declares every handler and every job: one line for each module that has some."""

import foramen.clinic.work.freezing
import foramen.clinic.work.letters
import foramen.clinic.work.sealing
import foramen.clinic.work.studies
import foramen.clinic.work.tidying
