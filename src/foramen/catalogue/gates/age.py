"""Age in completed years."""

from datetime import date


def completed_years(born: date, on: date) -> int:
    """Completed years on a local date. Someone born on 29 February has the birthday on 1 March of common years.

    Negative where the date lies before the birth.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
