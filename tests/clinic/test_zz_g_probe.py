"""probe"""
from tests.clinic.treatment import STEPS, Day
from tests.clinic.browser import serious, too_wide
from tests.clinic import test_treatment_pages_browser as b
def test_probe(hospital, browser_page):
    day = Day(hospital).walk("sign_time_out", review_mri=None, determine_level={"patient_says": [{"side": "right"}]})
    page = browser_page(hospital.people["okafor"], width=1440)
    page.goto(f"/visits/{day.visit.pk}/treatment/")
    b.time_out("radiologist")(page)
    page.click("#form-time-out-radiologist button")
    page.wait_for_timeout(1500)
    print(serious(page), too_wide(page), page.url)
    page.screenshot(path="/tmp/setup/g/refused.png", full_page=True, clip={"x":0,"y":0,"width":1440,"height":1500})
    known = day.facts.last("pain_before")
    page.goto(f"/facts/{known.fact.pk}/correct/")
    print(serious(page))
    page.screenshot(path="/tmp/setup/g/correct.png", full_page=True)
    day2 = Day.__new__(Day); day2.hospital=hospital; day2.visit=hospital.visit(start="10:00"); day2.walk("record_given")
    page.goto(f"/visits/{day2.visit.pk}/treatment/")
    page.fill("#given-steroid_volume","0.5"); page.fill("#given-steroid_mass","50"); 
    page.click("#form-given button[type=submit]")
    page.wait_for_timeout(1500)
    print(serious(page), page.evaluate("document.activeElement.className"), page.title())
    page.screenshot(path="/tmp/setup/g/mass.png", full_page=True, clip={"x":0,"y":0,"width":1440,"height":1000})
