"""Forms of the sign-in, in the words of the pages."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.forms import Field

NAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class SignInForm(LoginForm):  # type: ignore[misc]
    """User name and password."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _word(self.fields["login"], "User name", NAME)
        _word(self.fields["password"], "Password", {"autocomplete": "current-password"})


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _word(self.fields["code"], "Code", CODE, "Six digits that your device shows now.")


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
