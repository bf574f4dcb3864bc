"""How often something may be tried, where that is counted, and that nobody is locked out by tries of others."""

import re
import threading
import time as wall
from collections.abc import Callable
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client, RequestFactory
from pytest_django import Settings

from foramen.clinic.models import AuditEvent, Person
from foramen.clinic.pages.gate import demonstration
from foramen.clinic.pages.gate.demonstration import code_of
from foramen.clinic.rights import devices, limits
from tests.clinic.hospital import Hospital
from tests.clinic.people import PASSWORD, signed_in

WRONG = "not the password"
REFUSED = "The username and/or password you specified are not correct."
HELD, WAIT = "There were too many wrong passwords for this account.", "There were too many wrong tries from here."
Later = Callable[[float], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Let so many seconds pass for whatever counts tries and codes."""
    begun, passed = wall.time(), [0.0]
    for module in (ratelimit, auth, demonstration):
        monkeypatch.setattr(module.time, "time", lambda: begun + passed[0])

    def wait(seconds: float) -> None:
        passed[0] += seconds

    return wait


def code(person: Person) -> str:
    return code_of(Authenticator.objects.get(user=person, type="totp"))


def enter(client: Client, username: str, password: str, **more: Any) -> str:
    answer = client.post("/sign-in/", {"login": username, "password": password} | more)
    return answer.content.decode() or answer.headers["Location"]


def attack(username: str, tries: int, address: str = "203.0.113.7") -> list[str]:
    """Wrong passwords from a machine that nobody knows; each try from an address of its own where there is none."""
    return [enter(Client(REMOTE_ADDR=address or f"203.0.113.{n}"), username, WRONG) for n in range(tries)]


def known(person: Person) -> Client:
    """A machine from which this person has signed in and out again."""
    client = Client()
    assert enter(client, person.username, PASSWORD) == "/sign-in/code/"
    assert client.post("/sign-in/code/", {"code": code(person)}).headers["Location"] == "/start/"
    client.post("/sign-out/")
    return client


# Where it is counted


@pytest.mark.requirement("ASVS V6.3.1")
def test_tries_are_counted_in_the_database_that_all_processes_share(hospital: Hospital) -> None:
    attack("nobody", 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM foramen_tries WHERE cache_key LIKE '%:foramen:account:5/900%'")
        assert cursor.fetchone()[0] == 1
    assert cache._table == "foramen_tries"


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("ASVS V15.4.2")
def test_tries_at_the_same_moment_are_all_counted() -> None:
    """Ten at once, of which five are let through: none slips between the look and the count."""
    let, gate = [], threading.Barrier(10)

    def try_it() -> None:
        gate.wait()
        let.append(limits.take(RequestFactory().post("/"), limits.AGAIN, "somebody") is not None)
        connections.close_all()

    threads = [threading.Thread(target=try_it) for _ in range(10)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(let) == [False] * 5 + [True] * 5


# An account


@pytest.mark.requirement("ASVS V6.3.1")
def test_five_wrong_passwords_in_a_quarter_of_an_hour_hold_an_account(dahl: Person, later: Later) -> None:
    said = attack("dahl", 7, address="")
    assert [HELD in one for one in said] == [False] * 5 + [True] * 2
    assert HELD in enter(Client(), "dahl", PASSWORD)
    assert REFUSED in enter(Client(), "moss", WRONG), "another account is not held up"


def test_trying_on_makes_no_wait_longer(dahl: Person, later: Later) -> None:
    """Fifteen minutes after the fifth wrong one it is over, however many were sent in between."""
    attack("dahl", 5, address="")
    for minute in range(14):
        later(60)
        assert HELD in attack("dahl", 1, f"198.51.100.{minute}")[0]
    later(61)
    assert enter(Client(), "dahl", PASSWORD) == "/sign-in/code/"


def test_twenty_wrong_ones_a_day_hold_an_account(dahl: Person, later: Later) -> None:
    for _ in range(4):
        assert all(REFUSED in one for one in attack("dahl", 5, address=""))
        later(901)
    assert HELD in attack("dahl", 1)[0]
    later(24 * 3600)
    assert REFUSED in attack("dahl", 1)[0]


def test_capitals_are_no_other_account(dahl: Person) -> None:
    said = [attack(name, 1)[0] for name in ("dahl", "Dahl", "DAHL", "dAhl", "daHl", "dahL")]
    assert [HELD in one for one in said] == [False] * 5 + [True]


@pytest.mark.requirement("ASVS V6.3.8")
def test_an_account_that_does_not_exist_is_held_in_the_same_words(dahl: Person) -> None:
    pages = [re.sub(r'value="[\w-]+"|errors-\d+', "", attack(name, 6, address="")[5]) for name in ("dahl", "mahl")]
    assert pages[0] == pages[1].replace("mahl", "dahl") and HELD in pages[0]


# The owner


def test_at_a_machine_that_knows_the_owner_tries_of_strangers_do_not_count(dahl: Person, later: Later) -> None:
    own = known(dahl)
    attack("dahl", 25, address="")
    assert HELD in enter(Client(), "dahl", PASSWORD)
    later(90)
    assert enter(own, "dahl", PASSWORD) == "/sign-in/code/"
    assert own.post("/sign-in/code/", {"code": code(dahl)}).headers["Location"] == "/start/"


def test_at_that_machine_the_address_does_not_count_either(dahl: Person, later: Later) -> None:
    """Somebody in the same house, behind the same address, has used all of its tries."""
    own = known(dahl)
    attack("nobody", 31, "127.0.0.1")
    assert enter(own, "dahl", PASSWORD) == "/sign-in/code/"


def test_with_the_second_factor_an_owner_comes_in_anywhere(dahl: Person, later: Later) -> None:
    """The account is used up; password and code together open it, at a machine that nobody knows."""
    attack("dahl", 25, address="")
    client = Client()
    page = enter(client, "dahl", PASSWORD)
    assert HELD in page and 'name="code"' in page
    wrong = f"{(int(code(dahl)) + 1) % 1_000_000:06}"
    assert HELD in enter(client, "dahl", PASSWORD, code=wrong)
    assert REFUSED in enter(client, "dahl", WRONG, code=code(dahl))
    assert enter(client, "dahl", PASSWORD, code=code(dahl)) == "/sign-in/code/"
    assert client.post("/sign-in/code/", {"code": code(dahl)}).headers["Location"] == "/start/"


def test_a_new_first_password_begins_a_new_count(dahl: Person) -> None:
    attack("dahl", 25, address="")
    dahl.set_password("another long password")
    dahl.save()
    assert enter(Client(), "dahl", "another long password") == "/sign-in/code/"


def test_a_known_machine_has_a_limit_of_its_own(dahl: Person) -> None:
    own = known(dahl)
    said = [enter(own, "dahl", WRONG) for _ in range(11)]
    assert [WAIT in one for one in said] == [False] * 10 + [True]
    assert REFUSED in enter(own, "moss", WRONG), "it knows one account, and no other"


@pytest.mark.parametrize("spoilt", ["", "x", "W10:1:1", None])
def test_a_machine_that_says_so_itself_is_not_known(dahl: Person, spoilt: str | None) -> None:
    own = known(dahl)
    value = own.cookies["device"].value
    forged = value[:-1] + ("A" if value[-1] != "A" else "B") if spoilt is None else spoilt
    stranger = Client()
    stranger.cookies["device"] = forged
    attack("dahl", 5, address="")
    assert HELD in enter(stranger, "dahl", PASSWORD)


def test_a_changed_password_makes_every_machine_a_stranger(dahl: Person) -> None:
    own = known(dahl)
    dahl.set_password("another long password")
    dahl.save()
    attack("dahl", 5, address="")
    assert HELD in enter(own, "dahl", "another long password")


@pytest.mark.requirement("ASVS V3.3.1", "ASVS V3.3.2", "ASVS V3.3.4")
def test_the_cookie_of_a_machine_is_out_of_reach(dahl: Person, settings: Settings) -> None:
    cookie = known(dahl).cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert cookie["max-age"] == 365 * 24 * 3600 and dahl.pk.hex not in cookie.value and "dahl" not in cookie.value
    settings.SESSION_COOKIE_SECURE = True
    assert devices.cookie_name() == "__Host-device"


def test_one_machine_knows_the_last_twenty(hospital: Hospital) -> None:
    from django.http import HttpResponse

    request, people = RequestFactory().get("/"), [Person(username=f"p{n}", password=f"x{n}") for n in range(21)]
    for person in people:
        answer = HttpResponse()
        devices.remember(request, answer, person)
        request.COOKIES = {"device": answer.cookies["device"].value}
    assert [devices.is_known(request, one) for one in people] == [False] + [True] * 20
    assert len(request.COOKIES["device"]) < 1000


# An address


@pytest.mark.requirement("ASVS V2.4.1")
def test_one_address_has_twenty_wrong_tries_in_a_quarter_of_an_hour(hospital: Hospital, later: Later) -> None:
    said = [enter(Client(), f"nobody{n}", WRONG) for n in range(21)]
    assert [WAIT in one for one in said] == [False] * 20 + [True]
    later(901)
    assert REFUSED in enter(Client(), "nobody", WRONG)


@pytest.mark.requirement("ASVS V4.1.3", "ASVS V15.3.4")
class TestProxies:
    @pytest.fixture
    def asked_by(self, hospital: Hospital) -> Callable[..., str]:
        """From which address the program takes a request to come."""

        def ask(peer: str, forwarded: str = "", **more: str) -> str:
            headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
            answer = Client(REMOTE_ADDR=peer, **headers, **more).get("/sign-in/")
            assert not any("FORWARDED_FOR" in name for name in answer.wsgi_request.META)
            return str(answer.wsgi_request.META["REMOTE_ADDR"])

        return ask

    @pytest.mark.parametrize(("peer", "forwarded", "taken"), [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"), ("127.0.0.1", "198.51.100.1", "127.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"), ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"), ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"), ("10.0.0.1", "2001:db8::7", "2001:db8::7"), ("10.0.0.1", ",", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2, 10.0.0.1", "10.0.0.1"),
    ])  # fmt: skip
    def test_only_a_proxy_that_is_named_says_who_asks(
        self, asked_by: Callable[..., str], settings: Settings, peer: str, forwarded: str, taken: str
    ) -> None:
        settings.FORAMEN_PROXIES = frozenset({"10.0.0.1", "10.0.0.2"})
        assert asked_by(peer, forwarded) == taken

    def test_an_address_that_is_made_up_helps_nobody(self, hospital: Hospital) -> None:
        said = [enter(Client(HTTP_X_FORWARDED_FOR=f"198.51.100.{n}"), f"n{n}", WRONG) for n in range(21)]
        assert WAIT in said[20]

    def test_each_address_behind_a_proxy_is_counted_apart(self, hospital: Hospital, settings: Settings) -> None:
        settings.FORAMEN_PROXIES = frozenset({"127.0.0.1"})
        said = [enter(Client(HTTP_X_FORWARDED_FOR=f"198.51.100.{n}"), f"n{n}", WRONG) for n in range(21)]
        assert not any(WAIT in one for one in said)

    @pytest.mark.parametrize(("peer", "status"), [("203.0.113.9", 301), ("10.0.0.1", 200), ("127.0.0.1", 200)])
    def test_only_a_proxy_says_that_it_was_https(
        self, hospital: Hospital, settings: Settings, peer: str, status: int
    ) -> None:
        settings.FORAMEN_PROXIES, settings.SECURE_SSL_REDIRECT = frozenset({"10.0.0.1"}), True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        answer = Client(REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https").get("/sign-in/")
        assert answer.status_code == status


# Codes


@pytest.mark.requirement("ASVS V6.5.1")
def test_a_code_opens_once_for_as_long_as_it_could_be_shown(dahl: Person, later: Later) -> None:
    """The library forgets a used code after thirty seconds, and takes it for ninety."""
    once = code(dahl)
    answers = []
    for _ in range(3):
        client = Client()
        enter(client, "dahl", PASSWORD)
        answers.append(client.post("/sign-in/code/", {"code": once}).status_code)
        later(29)
    assert answers == [302, 200, 200]


@pytest.mark.requirement("ASVS V6.5.5")
def test_a_code_is_old_after_two_minutes(dahl: Person, later: Later) -> None:
    old, client = code(dahl), Client()
    enter(client, "dahl", PASSWORD)
    later(120)
    assert "Incorrect code." in client.post("/sign-in/code/", {"code": old}).content.decode()


@pytest.mark.requirement("ASVS V6.6.3")
def test_ninety_six_codes_a_day(db: None, later: Later) -> None:
    looked, request = 0, RequestFactory().post("/")
    for _ in range(20):
        looked += sum(limits.take(request, limits.CODE, "somebody") is not None for _ in range(6))
        later(301)
    assert looked == 96


# What the owner is told, and the API


@pytest.mark.requirement("AUD-2", "ASVS V6.3.5")
def test_an_owner_hears_of_what_failed(dahl: Person, hospital: Hospital, later: Later) -> None:
    own = known(dahl)
    assert "failed since" not in own.get("/sign-in/").content.decode()
    attack("Dahl", 3)
    later(90)
    enter(own, "dahl", PASSWORD)
    own.post("/sign-in/code/", {"code": code(dahl)})
    page = own.get("/account/").content.decode()
    assert "3 tries to sign in as you failed since you last did, the latest on Thu 26 Nov 09:12." in page
    own.post("/sign-out/")
    later(90)
    enter(own, "dahl", PASSWORD)
    own.post("/sign-in/code/", {"code": code(dahl)})
    assert "failed since" not in own.get("/account/").content.decode(), "once"
    assert AuditEvent.objects.filter(operation="failed", row=dahl.pk.hex).count() == 3


def test_the_api_looks_at_thirty_wrong_tokens_a_minute(hospital: Hospital, later: Later) -> None:
    from foramen.clinic.api.tokens import make_token

    right = make_token(hospital.people["dahl"], hospital.site, "own", ["read"], 1)

    def ask(token: str) -> int:
        return Client().get("/api/board/2026-11-26", headers={"Authorization": f"Bearer {token}"}).status_code

    assert [ask(f"wrong{n}") for n in range(32)] == [401] * 30 + [429] * 2
    assert ask(right) == 200, "who has a token is not held up"
    later(61)
    assert ask("wrong") == 401


def test_a_password_of_a_session_left_open_is_not_guessed(dahl: Person) -> None:
    client = signed_in(Client(), dahl)
    sent = {"oldpassword": WRONG, "password1": "another long password", "password2": "another long password"}
    answers = [client.post("/account/password/", sent).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
