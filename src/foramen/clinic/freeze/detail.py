"""How much of a date a snapshot keeps."""

from collections.abc import Mapping
from typing import Literal

Detail = Literal["safe_harbor", "limited"]
"""Years only, as the Safe Harbor method has it; or years and months, which is a limited data set."""

TITLES: Mapping[Detail, str] = {
    "safe_harbor": "Treatments of a spine injection service",
    "limited": "Treatments of a spine injection service: a limited data set, not Safe Harbor",
}
ORIGINS: Mapping[Detail, str] = {
    "safe_harbor": "frozen from the clinic; years only, no other element of a date",
    "limited": "frozen from the clinic with calendar months: a limited data set, not Safe Harbor",
}
"""What the manifest says; neither names the site."""
