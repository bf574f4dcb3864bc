"""Numbers that people read aloud, such as 2026-0418: counted for each site, kind and year."""

from django.db.models import F

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.times import today_of
from foramen.clinic.models import Counter, Order, Referral, Visit


def next_number(act: Act, model: type[Referral] | type[Order] | type[Visit]) -> str:
    """The next number of a kind of row. Two that ask at once get two: whoever counts second waits for the first."""
    year, here = today_of(act).year, model._default_manager.filter(site=act.site)
    kind = model._meta.model_name or ""
    counter = Counter.objects.filter(site=act.site, kind=kind, year=year).first()
    if counter is None:
        last = here.filter(number__startswith=f"{year}-").count()
        counter, _ = Counter.objects.get_or_create(site=act.site, kind=kind, year=year, defaults={"last": last})
    while True:
        Counter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
        counter.refresh_from_db(fields=["last"])
        number = f"{year}-{counter.last:04d}"
        if not here.filter(number=number).exists():
            return number
