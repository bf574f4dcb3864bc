"""The roles of a service. A person has a role at a site, from a day on, as long as it is delegated."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is at a site."""

    NURSE = "nurse", "nurse"
    TECHNOLOGIST = "technologist", "technologist"
    RADIOLOGIST = "radiologist", "radiologist"
    LEAD = "lead", "lead radiologist"
    COORDINATOR = "coordinator", "coordinator"
    READER = "reader", "reader"
    STATISTICIAN = "statistician", "statistician"
    ANALYST = "analyst", "registry analyst"
    ADMIN = "admin", "site administrator"


DOCTORS = frozenset({Role.RADIOLOGIST, Role.LEAD})
"""Who may perform and decide. A lead is a radiologist with more duties."""

SCHEDULERS = frozenset({Role.NURSE, Role.COORDINATOR, *DOCTORS})
"""Who may book and move."""

CARE = frozenset({Role.NURSE, Role.TECHNOLOGIST, Role.COORDINATOR, *DOCTORS})
"""Who sees patients. A reader sees blinded images, a statistician and an analyst see no names, an administrator sees
accounts."""
