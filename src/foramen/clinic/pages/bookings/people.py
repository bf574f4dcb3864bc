"""People who can be chosen in a form, by their roles."""

from datetime import date

from foramen.clinic.models import Delegation, Site
from foramen.clinic.rights.roles import Role


def choices_of_role(site: Site, roles: frozenset[Role], on: date) -> list[tuple[str, str]]:
    """Key and name of everybody who has one of the roles at a site on a day. One query."""
    found = Delegation.objects.filter(Delegation.in_force(on), site=site, role__in=roles, person__is_active=True)
    people = {str(one.person_id): str(one.person) for one in found.select_related("person")}
    return sorted(people.items(), key=lambda one: one[1])
