"""Forms of the sign-in, in the words of the pages."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import CharField, Field, ValidationError

from foramen.clinic.rights import codes, devices, limits
from foramen.clinic.rights.accounts import HELD

NAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class SignInForm(LoginForm):  # type: ignore[misc]
    """User name and password; where too many wrong ones were sent from elsewhere, the code of the device as well."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"] = CharField(required=False)
        _word(self.fields["code"], "Code", CODE, "Six digits that your device shows now.")
        _word(self.fields["login"], "User name", NAME)
        _word(self.fields["password"], "Password", {"autocomplete": "current-password"})

    @property
    def is_held(self) -> bool:
        """Whether a code is asked for beside the password."""
        return self.is_bound and (self.has_error(NON_FIELD_ERRORS, HELD) or bool(self.data.get("code")))


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _word(self.fields["code"], "Code", CODE, "Six digits that your device shows now.")

    def clean_code(self) -> str:
        """A right code, not used before. Wrong ones are counted apart on a machine that the account knows."""
        own = devices.is_known(context.request, self.user)
        key = devices.key_of(context.request, self.user) if own else self.user.pk.hex
        tried = limits.take(context.request, limits.CODE, key)
        if tried is None:
            raise ValidationError("Too many wrong codes. Wait five minutes, then enter the one that is shown then.")
        code: str = super().clean_code()
        if not codes.is_first_use(self.user, code):
            raise ValidationError("This code has been used. Wait for the next one.")
        tried.rollback()
        return code


class EnrolForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new device."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _word(self.fields["code"], "Code", CODE, "Six digits that the device shows after it has read the picture.")


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Another password."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _word(self.fields["oldpassword"], "Password until now", {"autocomplete": "current-password"})
        _word(self.fields["password1"], "New password", {"autocomplete": "new-password"}, "At least 12 characters.")
        _word(self.fields["password2"], "New password again", {"autocomplete": "new-password"})


def _word(field: Field, label: str, attrs: dict[str, str], hint: str = "") -> None:
    """Label, hint and attributes of a field; the library's placeholder goes."""
    field.label, field.help_text = label, hint
    field.widget.attrs = {**field.widget.attrs, **attrs}
    field.widget.attrs.pop("placeholder", None)
