"""Forms about people and their roles."""

from typing import Any, ClassVar

from django import forms

from foramen.clinic.pages.paging import DateInput, ListFilter
from foramen.clinic.rights.roles import Role

HOLDS, ENDED = "works here", "ended"
USERNAME = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class PeopleFilter(ListFilter):
    """Whom the list shows."""

    sorted_by: ClassVar = {"name": ("shown_as", "username"), "account": ("username",)}
    text = forms.CharField(label="Name or account", required=False, max_length=80)
    role = forms.ChoiceField(label="Role today", required=False, choices=(("", "any"), *Role.choices))
    state = forms.ChoiceField(
        label="Account", required=False, choices=(("", "any"), (HOLDS, HOLDS), (ENDED, ENDED))
    )  # fmt: skip


class RoleForm(forms.Form):
    """A role from a day to a day."""

    role = forms.ChoiceField(label="Role", choices=(("", "choose"), *Role.choices))
    first_day = forms.DateField(label="From", widget=DateInput, help_text="Today or later.")
    last_day = forms.DateField(label="To", widget=DateInput, required=False, help_text="Empty: no end set.")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "role-%s"} | more)


class PersonForm(RoleForm):
    """A new account with its first role."""

    username = forms.RegexField(
        "^[a-z][a-z0-9._-]{2,39}$", label="User name", widget=forms.TextInput(USERNAME),
        error_messages={"invalid": "This is no user name: begin with a small letter, at least 3 signs."},
        help_text="Small letters, digits, point, line; at least 3. It is never given to anybody else.",
    )  # fmt: skip
    shown_as = forms.CharField(label="Name as pages show it", help_text="Such as Dr L. Vance.", max_length=80)
    password = forms.CharField(
        label="First password", widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least 12 characters. Tell it in person; the second factor is set up at the first sign-in.",
    )  # fmt: skip
    field_order = ("username", "shown_as", "password", "role", "first_day", "last_day")


class KnownForm(RoleForm):
    """A role for somebody who has an account at another site."""

    known = forms.CharField(label="User name", widget=forms.TextInput(USERNAME))
    field_order = ("known", "role", "first_day", "last_day")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "known-%s"} | more)


class EndRoleForm(forms.Form):
    """The last day of a role."""

    last_day = forms.DateField(label="Last day", widget=DateInput, help_text="Yesterday ends it at once.")
    version = forms.IntegerField(widget=forms.HiddenInput)


class EndAccountForm(forms.Form):
    """Why an account ends."""

    reason = forms.CharField(label="Why it ends", help_text="At least ten characters.", max_length=500)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "end-%s"} | more)


class ResetForm(forms.Form):
    """A new first password."""

    password = forms.CharField(
        label="New first password", widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least 12 characters. Tell it in person.",
    )  # fmt: skip
    reason = forms.CharField(label="Why", help_text="At least ten characters.", max_length=500)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "reset-%s"} | more)
