"""Web probes"""
import logging, re, uuid
import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in
from tests.clinic.treatment import Day
from foramen.clinic.urls import ROUTES
from foramen.clinic.models import *

def test_reader_sees_no_name(hospital):
    day = Day(hospital).walk("discharge")
    p = day.visit.patient
    from foramen.clinic.models import Letter, Fact
    keys = {"key": [p.pk, day.visit.pk, day.visit.order_id, day.visit.order.referral_id, *Letter.objects.values_list("pk", flat=True)], "visit_id": [day.visit.pk], "fact_id": list(Fact.objects.values_list("pk", flat=True)[:3]),
      "pk": [hospital.people["dahl"].pk, *PolicyRecord.objects.values_list("pk", flat=True)[:1]], "on": ["2026-11-26"], "code": ["fl1"], "step": ["arrive"], "policy": ["before-needle"], "since": [0], "day": ["2026-11-26"], "id":[str(p.pk), str(day.visit.pk)]}
    seen = []
    for who in ("roe", "stone", "byrd", "hale"):
        c = signed_in(Client(raise_request_exception=False), hospital.people[who])
        for r in ROUTES:
            if r.name == "account_logout": continue
            names = re.findall(r"<(?:\w+:)?(\w+)>", r.address)
            from itertools import product
            for combo in product(*[keys.get(n, ["x"]) for n in names]):
                a = "/" + r.address
                for n, v in zip(names, combo): a = re.sub(rf"<(?:\w+:)?{n}>", str(v), a)
                for m in ("get", "post"):
                    for h in ({}, {"HTTP_HX_REQUEST": "true"}):
                        ans = getattr(c, m)(a, **h)
                        t = ans.content.decode(errors="replace")
                        if "Sorrel" in t or p.number in t or day.visit.number + " " in t: seen.append((who, m, a, ans.status_code))
                        if ans.status_code >= 500: seen.append(("500", who, m, a))
    print("NAMES", seen)

def test_other_site_foreign_names(hospital):
    """a nurse of another site, over all routes."""
    day = Day(hospital).walk("discharge")
    p = day.visit.patient
    from foramen.clinic.models import Letter, Fact
    facts = list(Fact.objects.values_list("pk", flat=True))
    keys = {"key": [p.pk, day.visit.pk, day.visit.order_id, day.visit.order.referral_id, *Letter.objects.values_list("pk", flat=True)], "visit_id": [day.visit.pk], "fact_id": facts,
      "pk": [hospital.people["dahl"].pk], "on": ["2026-11-26"], "code": ["fl1"], "step": ["arrive","void","deviation","adverse-event"], "policy": ["before-needle"], "since": [0], "id":[str(p.pk), str(day.visit.pk)]}
    from foramen.clinic.models import Delegation
    from datetime import date
    w = hospital.people["elsewhere"]
    for role in ("radiologist","lead","coordinator","technologist"):
        Delegation.objects.create(person=w, site=hospital.other, role=role, first_day=date(2025,1,1))
    before = Fact.objects.count()
    c = signed_in(Client(raise_request_exception=False), w)
    seen = []
    from itertools import product
    for r in ROUTES:
        if r.name == "account_logout": continue
        names = re.findall(r"<(?:\w+:)?(\w+)>", r.address)
        for combo in product(*[keys.get(n, ["x"]) for n in names]):
            a = "/" + r.address
            for n, v in zip(names, combo): a = re.sub(rf"<(?:\w+:)?{n}>", str(v), a)
            for m in ("get", "post"):
                d = {"key": str(uuid.uuid4()), "patient": str(p.pk), "room": str(hospital.rooms["fl1"].pk), "radiologist": str(hospital.people["okafor"].pk), "technologist": str(hospital.people["ferro"].pk), "version": "1", "on":"2026-11-26", "start": "2026-11-26T15:00", "reason": "because I want it so", "person": str(hospital.people["dahl"].pk), "slot": f"{hospital.rooms['fl1'].pk}|2026-11-26T15:00|30"} if m == "post" else {}
                for h in ({}, {"HTTP_HX_REQUEST": "true"}):
                    ans = getattr(c, m)(a, d, **h)
                    t = ans.content.decode(errors="replace")
                    for leak in ("Sorrel", p.number, "Okafor", "Fluoroscopy 1", "R. Dahl", "T. Ferro"):
                        if leak in t: seen.append((leak, m, a, ans.status_code))
                    if ans.status_code >= 500: seen.append(("500", m, a))
    print("FOREIGN", seen[:20], Fact.objects.count() - before)

def test_querystrings(hospital):
    day = Day(hospital).walk("needle_in")
    c = signed_in(Client(raise_request_exception=False), hospital.people["okafor"])
    bad = []
    v = day.visit
    for a in ("/", "/board/2026-11-26/", f"/visits/{v.pk}/treatment/", f"/visits/{v.pk}/screening/", "/patients/", "/bookings/", "/referrals/", "/bookings/waiting/", f"/patients/{v.patient_id}/history/", f"/patients/{v.patient_id}/", f"/orders/{v.order_id}/book/", f"/bookings/{v.pk}/move/", "/drugs/", "/policies/before-needle/", "/board/2026-11-26/fl1/", "/board/2026-11-26/fl1/add-on/", "/board/2026-11-26/fl1/crew/","/sign-in/", "/people/"):
        for q in ("q","page","sort","on","room","at","again","gate","target","seen","open","as","next","ended","from","to","state","person","kind","who"):
            for val in ("\x00", "'\"><script>alert(1)</script>", "-1", "99999999999999999999", "9999-12-31", "0001-01-01", "time_out", "é"*500, "2026-11-26T99:00", "NaN"):
                for h in ({}, {"HTTP_HX_REQUEST":"true"}):
                    ans = c.get(a, {q: val}, **h)
                    if ans.status_code >= 500: bad.append((a, q, val[:20], ans.status_code))
                    if b"<script>alert" in ans.content: bad.append(("XSS", a, q))
    print("QS", set(bad))

def test_next(hospital):
    c = Client()
    for n in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example", "\\\\evil"):
        ans = c.get("/sign-in/", {"next": n}); t = ans.content.decode()
        print("next", n, "evil" in t or "javascript" in t, ans.status_code)
        c2 = signed_in(Client(), hospital.people["dahl"])
        for m in ("get","post"):
            ans = getattr(c2, m)("/sign-out/?next="+n, {"next": n} if m=="post" else {})
            print(m, ans.status_code, ans.headers.get("Location"))
