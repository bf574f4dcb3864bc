"""Addresses, with the roles that may use them. Of the sign-in's library, no other address exists."""

from foramen.clinic.pages.gate import views
from foramen.clinic.pages.gate.confirm import confirm
from foramen.clinic.rights.matrix import ANYBODY, SIGNED_IN, Route

ROUTES: tuple[Route, ...] = (
    Route("account_login", "sign-in/", views.SignIn.as_view(), ANYBODY, ANYBODY),
    Route("mfa_authenticate", "sign-in/code/", views.SecondFactor.as_view(), ANYBODY, ANYBODY),
    Route("cannot-sign-in", "sign-in/help/", views.cannot_sign_in, ANYBODY),
    Route("account_logout", "sign-out/", views.SignOut.as_view(), ANYBODY, ANYBODY),
    Route("stay", "stay/", views.stay, frozenset(), SIGNED_IN),
    Route("sign-out-elsewhere", "account/sessions/", views.sign_out_elsewhere, frozenset(), SIGNED_IN, step_up=True),
    Route("confirm", "confirm/", confirm, SIGNED_IN, SIGNED_IN),
    Route("start", "start/", views.start, SIGNED_IN),
    Route("change-site", "site/", views.change_site, frozenset(), SIGNED_IN),
    Route("mfa_index", "account/", views.account, SIGNED_IN),
    Route("mfa_activate_totp", "account/code/", views.Enrol.as_view(), SIGNED_IN, SIGNED_IN),
    Route("account_change_password", "account/password/", views.ChangePassword.as_view(), SIGNED_IN, SIGNED_IN),
)
"""The library finds its own pages by these names."""
