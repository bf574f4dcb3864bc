"""What stands around every page: static files, headers, masthead."""

import re
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

import foramen.clinic
from foramen.clinic.models import Delegation, PolicyRecord, Referral
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.people import signed_in

CLINIC = Path(foramen.clinic.__file__).parent
SVG = "http://www.w3.org/2000/svg"


# Files


def shipped(*endings: str) -> list[Path]:
    folders = (CLINIC / "static", CLINIC / "templates")
    return sorted(one for folder in folders for one in folder.rglob("*") if one.suffix in endings)


@pytest.mark.requirement("ASVS V3.6.1", "ASVS V14.2.3")
def test_no_page_and_no_file_names_another_place() -> None:
    """Neither an address nor a source map; licences and the name of the SVG namespace aside."""
    wrong = []
    for file in shipped(".css", ".js", ".html", ".svg"):
        text = file.read_text(encoding="utf-8").replace(SVG, "")
        wrong += [(file.name, one) for one in re.findall(r"https?:[^\s]*|sourceMappingURL|@import|url\(//", text)]
    assert wrong == []


def test_neither_name_nor_sign_nor_typeface_of_another_house() -> None:
    wrong = []
    for file in shipped(".css", ".js", ".html", ".svg"):
        text = re.sub(r"nhsuk-|/\*!.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        wrong += [(file.name, one) for one in re.findall(r"(?i)nhs|frutiger", text)]
    assert wrong == []
    assert "MIT License" in (CLINIC / "static/clinic/css/LICENCE-nhsuk-frontend.txt").read_text()
    assert "SIL OPEN FONT LICENSE" in (CLINIC / "static/clinic/fonts/OFL.txt").read_text()


def test_no_template_has_a_style_or_a_script_of_its_own() -> None:
    """The policy of content would block it. A letter that is kept as a file needs no other file: it holds its style."""
    wrong = []
    for file in shipped(".html"):
        text = file.read_text(encoding="utf-8")
        wrong += [
            (file.name, one)
            for one in re.findall(r"<style|\sstyle=|\son(?!e=)[a-z]+=|hx-on|<script(?! src=)|js:", text)
        ]
    assert wrong == [("kept_style.html", "<style")]
    pages = [file.read_text(encoding="utf-8") for file in (CLINIC / "pages").rglob("*.py")]
    assert [text for text in pages if "styles" in text] == [], "no page asks for it"


def test_every_file_that_a_style_names_is_there() -> None:
    for file in shipped(".css"):
        for named in re.findall(r'url\("?([^")]+)"?\)', file.read_text(encoding="utf-8")):
            assert named.startswith(("data:", "#")) or (file.parent / named).is_file(), (file.name, named)


def test_collected_files_go_by_their_digest_and_are_kept(
    hospital: Hospital, tmp_path: Path, settings: Settings
) -> None:
    from django.contrib.staticfiles.storage import staticfiles_storage

    assert staticfiles_storage.url("clinic/css/staff.css") == "/static/clinic/css/staff.css"
    assert fetched("/static/clinic/css/staff.css")["Cache-Control"] == "no-store"
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    named = re.findall(r'href="(/static/[^"]+)"', Client().get("/sign-in/").content.decode())
    assert named and all(re.search(r"\.[0-9a-f]{12}\.(css|svg)$", one) for one in named)
    for one in named:
        headers = fetched(one)
        assert "immutable" in headers["Cache-Control"] and headers["X-Content-Type-Options"] == "nosniff"


def fetched(address: str) -> Mapping[str, str]:
    """The headers of a file, which is read to its end."""
    answer = Client().get(address)
    assert answer.status_code == 200 and b"".join(answer)
    for close in answer._resource_closers:
        close()
    return answer.headers


# Headers


@pytest.mark.requirement("ASVS V3.4.3", "ASVS V3.4.4", "ASVS V3.4.5", "ASVS V3.4.6", "ASVS V3.4.8", "ASVS V14.3.2")
@pytest.mark.parametrize("address", ["/sign-in/", "/account/", "/people/", "/nothing/", "/site/", "/policies/"])
def test_every_answer_has_the_headers(client: Client, hospital: Hospital, settings: Settings, address: str) -> None:
    headers = signed_in(client, hospital.people["hale"]).get(address).headers
    policy = {one.split()[0]: one.split()[1:] for one in headers["Content-Security-Policy"].split("; ")}
    assert policy == {
        "default-src": ["'none'"], "script-src": ["'self'"], "style-src": ["'self'"], "img-src": ["'self'", "data:"],
        "font-src": ["'self'"], "connect-src": ["'self'"], "form-action": ["'self'"], "base-uri": ["'none'"],
        "object-src": ["'none'"], "frame-ancestors": ["'none'"],
    }  # fmt: skip
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    for one in ("camera", "microphone", "geolocation", "payment", "usb"):
        assert f"{one}=()" in headers["Permissions-Policy"]
    assert "Server" not in headers and "X-Powered-By" not in headers


@pytest.mark.requirement("ASVS V3.3.1", "ASVS V3.3.3", "ASVS V3.4.1")
def test_with_https_cookies_and_transport_are_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a service runs: read the settings anew with https on."""
    import importlib

    from foramen.clinic import settings as read

    monkeypatch.setenv("FORAMEN_HTTPS", "yes")
    strict = importlib.reload(read)
    try:
        assert strict.SESSION_COOKIE_NAME.startswith("__Host-") and strict.CSRF_COOKIE_NAME.startswith("__Host-")
        assert strict.SESSION_COOKIE_SECURE and strict.CSRF_COOKIE_SECURE and strict.SECURE_SSL_REDIRECT
        assert strict.SESSION_COOKIE_HTTPONLY and strict.CSRF_COOKIE_HTTPONLY
        assert strict.SESSION_COOKIE_SAMESITE in ("Lax", "Strict")
        assert strict.SECURE_HSTS_SECONDS >= 31_536_000 and strict.SECURE_HSTS_INCLUDE_SUBDOMAINS
        assert not hasattr(strict, "SESSION_COOKIE_DOMAIN") and not hasattr(strict, "CSRF_COOKIE_PATH")
    finally:
        monkeypatch.undo()
        importlib.reload(read)


@pytest.mark.requirement("ASVS V3.3.2", "ASVS V3.3.4")
def test_a_cookie_says_what_it_has_to(client: Client, hospital: Hospital) -> None:
    client.get("/sign-in/")
    cookie = client.cookies["csrf"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


# The frame


class Links(HTMLParser):
    """Addresses of links, and what they say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open = dict(attrs).get("href") or "" if tag == "a" else self.open

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.found.setdefault(self.open, data.strip())

    def handle_endtag(self, tag: str) -> None:
        self.open = "" if tag == "a" else self.open


@pytest.mark.parametrize(("who", "people"), [("hale", True), ("vance", True), ("dahl", False), ("byrd", False)])
def test_the_masthead_shows_what_a_role_may_open(client: Client, hospital: Hospital, who: str, people: bool) -> None:
    page = signed_in(client, hospital.people[who]).get("/policies/").content.decode()
    links = Links(page.split('aria-label="Main"')[1].split("</nav>")[0]).found
    assert ("/people/" in links) == people and "/policies/" in links
    assert '<a href="/policies/" aria-current="page">' in page
    assert hospital.people[who].shown_as in page and "Example Hospital, Spine service" in page
    assert 'href="#main"' in page and '<main id="main"' in page
    assert "Thu 26 Nov 2026, 09:12, Europe/Zurich" in page, "the time is that of the site"


@pytest.mark.parametrize(("address", "entry"), [
    ("/", "Day board"), ("/board/2026-11-27/", "Day board"), ("/bookings/", "Bookings"), ("/patients/new/", "Patients"),
    ("/visits/{visit}/treatment/", "Patients"), ("/account/", None),
])  # fmt: skip
def test_the_masthead_shows_where_one_is(client: Client, hospital: Hospital, address: str, entry: str | None) -> None:
    visit = hospital.visit()
    page = signed_in(client, hospital.people["vance"]).get(address.format(visit=visit.pk)).content.decode()
    assert re.findall(r'aria-current="page">([\w ]+)<', page.split("</header>")[0]) == ([entry] if entry else [])


def test_the_foot_says_which_policies_are_in_force(client: Client, hospital: Hospital) -> None:
    own = signed_in(client, hospital.people["byrd"])
    said = "8 policies in force since 26 Nov 2026, review by 30 Nov 2027"
    assert said in own.get("/account/").content.decode()
    PolicyRecord.objects.filter(site=hospital.site, policy="steroids").update(state="superseded")
    page = own.get("/account/").content.decode()
    assert said not in page and "1 policy is not in force" in page


def test_the_masthead_counts_what_waits(client: Client, hospital: Hospital) -> None:
    visit = hospital.visit()
    lind = signed_in(client, hospital.people["lind"])
    assert "mast__count" not in lind.get("/account/").content.decode()
    Referral.objects.filter(pk=visit.order.referral_id).update(state="new")
    page = lind.get("/account/").content.decode()
    assert '<span class="mast__count">1<span class="vh"> to triage</span></span>' in page


def test_every_link_of_the_masthead_opens(client: Client, hospital: Hospital) -> None:
    for who in ("dahl", "ferro", "okafor", "vance", "lind", "roe", "stone", "byrd", "hale"):
        own = signed_in(Client(), hospital.people[who])
        page = own.get("/account/").content.decode()
        for address in Links(page.split("</header>")[0].split('class="mast"')[1]).found:
            assert own.get(address, follow=True).status_code == 200, (who, address)


def test_a_demonstration_says_so_on_every_page(client: Client, hospital: Hospital, settings: Settings) -> None:
    own = signed_in(client, hospital.people["hale"])
    for address in ("/people/", "/policies/", "/account/", "/nothing/"):
        page = own.get(address).content.decode()
        assert "Demonstration data" in page and "Invented people and numbers" in page
    settings.FORAMEN_DEMO = False
    page = own.get("/people/").content.decode()
    assert "Demonstration" not in page and "Invented" not in page


def test_who_works_at_two_sites_may_change(client: Client, hospital: Hospital) -> None:
    person = hospital.people["hale"]
    assert "Change site" not in signed_in(client, person).get("/people/").content.decode()
    Delegation.objects.create(person=person, site=hospital.other, role="admin", first_day=TODAY)
    page = client.get("/people/").content.decode()
    assert "Change site" in page and "Lake Practice</option>" in page
    client.post("/site/", {"site": str(hospital.other.pk)})
    assert "E. Where" in client.get("/people/").content.decode()


def test_somebody_without_a_role_is_told(client: Client, hospital: Hospital) -> None:
    person = hospital.people["dahl"]
    Delegation.objects.filter(person=person).update(last_day=date(2026, 11, 25))
    page = signed_in(client, person).get("/start/", follow=True)
    assert page.status_code == 200 and "You have no role here today." in page.content.decode()
