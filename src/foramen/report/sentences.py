"""What a number says, in plain words: a sentence for each kind of statistic."""

from collections.abc import Mapping
from string import Formatter

from foramen.report.layouts.names import capital, printed_name, small, word
from foramen.report.layouts.points import in_points
from foramen.report.material import Entry, Material
from foramen.report.style import Style
from foramen.study.analysis_definition import OutcomeAt
from foramen.study.population import ALL

_CASES = "{value} of {of} {units}{who}"
_FIRST = "{what} in {first}"
_MODEL = "the model of {what}"

SAY: Mapping[str, str] = {
    "n": f"{_CASES} have a value for {{what}}",
    "n alone": "{value} {units}{who} have a value for {what}",
    "missing": f"{_CASES} have no value for {{what}}",
    "suppressed": f"{_CASES} have a value for {{what}} that the source withheld",
    "outside_window": f"{_CASES} answered {{what}} outside its window, or on a day that is not known",
    "undefined": f"{_CASES} began at 0 or below: a relative change of {{what}} has no meaning for them",
    "left_out_incomplete": f"{_CASES} were left out of {{analysis}}: an answer that it needs is missing",
    "not_grouped": f"{_CASES} are in none of the groups of {{analysis}}",
    "units_of_persons_with_several": "{value} of {of} {units} are of persons of whom more than one is analysed",
    "transition": "{n} of {of} {units}{who} with both answers went from “{from}” to “{category}”",
    "percent": "{n} of {of} {units}{who} with a value for {what} have “{category}”",
    "responder_percent": "{n} of {of} {units}{who} with an answer reached {what}",
    "zero_event_upper_bound": "None of {of} {units}{who} had {it}; up to {upper} in 100 may still have it",
    "mean": "The mean of {what} over {n} {units}{who} is {value}",
    "sd": "The values of {what} of {n} {units}{who} spread around their mean with a standard deviation of {value}",
    "median": "Half of {n} {units}{who} have {value} or less for {what}, and half have {value} or more",
    "lower_quartile": "A quarter of {n} {units}{who} have {value} or less for {what}",
    "upper_quartile": "A quarter of {n} {units}{who} have {value} or more for {what}",
    "minimum": "The smallest value of {what} among {n} {units}{who} is {value}",
    "maximum": "The largest value of {what} among {n} {units}{who} is {value}",
    "mean_difference": f"The mean of {_FIRST} minus that in {{second}} is {{value}}, from {{n}} {{units}}",
    "adjusted_mean_difference": f"The mean of {_FIRST} minus that in {{second}} is {{value}}, as the model adjusts it",
    "hodges_lehmann": f"The median of all differences of {_FIRST} minus {{second}}, two by two, is {{value}}",
    "common_language_effect": "Of a {unit} in {first} and one in {second}, the first has the higher {what} with a"
    " chance of {value}, ties counted half",
    "mean_change": "{what} minus that at “{against}” is {value} on average over {n} {units}{who}",
    "pseudomedian": "{what} minus that at “{against}” is typically {value}, over {n} {units}{who}",
    "risk_difference": f"The share with {_FIRST} minus that in {{second}} is {{points}} percentage points",
    "risk_ratio": f"The share with {_FIRST} is {{value}} times that in {{second}}",
    "odds_ratio": f"The odds of {_FIRST} are {{value}} times those in {{second}}",
    "number_needed_to_treat": "So many {units} have to be in {first} rather than in {second} for one more with {what}:"
    " {value}; a negative number is one fewer",
    "t": f"Compares the mean of {_FIRST} with that in {{second}}",
    "mann_whitney": f"Compares {_FIRST} with that in {{second}} by ranks",
    "dunn": f"Compares {_FIRST} with that in {{second}} by ranks",
    "kruskal_wallis": "Compares {what} between {groups} by ranks",
    "chi_square": "Compares {what} between {groups} by counts",
    "fisher": "Compares {what} between {groups} by counts, exactly",
    "trend": "Asks whether {what} rises or falls from one of {groups} to the next",
    "wilcoxon": "Compares {what} with that at “{against}” in the same {units}{who}, by ranks",
    "mcnemar": "Compares {what} with that at “{against}” in the same {n} {units}{who}: who gained against who lost",
    "friedman": "Compares {what} over all time points in the same {n} {units}{who}, by ranks",
    "friedman_pairs": "Compares {what} at “{start}” and at “{end}” in the same {n} {units}{who}, by ranks",
    "spearman": "{what} and “{against}” go together with a rank correlation of {value}; 1 and −1 are the strongest, 0"
    " is no tie",
    "pearson": "{what} and “{against}” go together with a correlation of {value}; 1 and −1 are the strongest, 0 is no"
    " tie",
    "model odds_ratio": "With “{term}” the odds of {what} are multiplied by {value}, all else in the model alike",
    "intercept coefficient": "Where all terms of the model are 0 or their reference, the logarithm of the odds of"
    " {what} is {value}",
    "intercept fixed_effect": "Where all terms of the model are 0 or their reference, the expected {what} is {value}",
    "coefficient": "With “{term}” the logarithm of the odds of {what} changes by {value}, all else in the model alike",
    "fixed_effect": "With “{term}” the expected {what} changes by {value}, all else in the model alike",
    "adjusted_mean": "The mean of {what}{who} that the model expects is {value}",
    "accuracy": f"{_MODEL} is right for {{n}} of {{of}} {{units}}",
    "sensitivity": "Of {of} {units} with {what}, the model predicts it for {n}",
    "specificity": "Of {of} {units} without {what}, the model predicts none for {n}",
    "ppv": "Of {of} {units} for whom the model predicts {what}, {n} had it",
    "npv": "Of {of} {units} for whom the model predicts no {what}, {n} had none",
    "auc": "Of a {unit} with {what} and one without, the model gives the one with it the higher chance {points} times"
    " in 100",
    "nagelkerke_r2": f"By Nagelkerke’s measure {_MODEL} explains {{points}} % of what varies",
    "hosmer_lemeshow": f"Compares what {_MODEL} expects with what was observed, in groups of similar risk",
    "likelihood_ratio": f"Asks whether {_MODEL} tells more than the overall share alone",
    "roc_sensitivity": "Of {of} {units} with {what}, {n} are predicted at this point of the curve",
    "roc_specificity": "Of {of} {units} without {what}, {n} are not predicted at this point of the curve",
    "calibration_observed": "{n} of {of} {units} of this group of similar predicted risk had {what}",
    "calibration_expected": f"In this group of similar predicted risk {_MODEL} expects {{value}} in 100",
    "percent_agreement": "On {n} of {of} cases {readers} say the same of {what}",
    "cohen_kappa": "{readers} agree on {what} with a κ of {value}: 0 is what chance alone gives, 1 is full agreement",
    "fleiss_kappa": "{readers} agree on {what} with a κ of {value}: 0 is what chance alone gives, 1 is full agreement",
    "gwet_ac1": "{readers} agree on {what} with an AC1 of {value}: 0 is what chance alone gives, 1 is full agreement",
    "krippendorff_alpha": "{readers} agree on {what} with an α of {value}: 0 is what chance gives, 1 is full agreement",
    "icc": "{readers} measure {what} alike with an intraclass correlation of {value}; 1 is the same values throughout",
    "bland_altman_bias": "{what} by the first of {readers} minus that by the second is {value} on average",
    "bland_altman_lower_limit": "Of differences of {readers} on {what}, about 95 in 100 lie above {value} and below the"
    " upper limit",
    "bland_altman_upper_limit": "Of differences of {readers} on {what}, about 95 in 100 lie below {value} and above the"
    " lower limit",
}
"""By the name of a statistic; of a model’s odds ratio by “model odds_ratio”, of its intercept by “intercept …”, of any
ICC by “icc”, of what is left where a denominator is withheld by “… alone”."""

OF_ANSWERS = (
    "percent", "responder_percent", "mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum",
)  # fmt: skip
"""Statistics beside which it has to be said who gave no answer."""

CHANCE = (
    "If nothing but chance were at work, a result at least this far from none would come up with a probability of {}"
)
FAILURE = "missing counted as failure"


def say(material: Material, entry: Entry) -> str:
    """The sentences of a statistic: what it is, how likely by chance, and who is not in it."""
    row = entry.row
    if row.suppressed is not None:
        return f"Withheld by disclosure control: {row.suppressed}."
    if row.error is not None:
        return f"Could not be computed: {row.error}."
    sentences = [_told(material, entry)]
    if row.p is not None:
        sentences.append(CHANCE.format(_probability(material.style, row.p)))
    return " ".join(f"{capital(text)}." for text in [*sentences, *_absent(material, entry)])


def _told(material: Material, entry: Entry) -> str:
    name = "icc" if entry.row.name.startswith("icc_") else entry.row.name
    kind = "intercept" if entry.about.get("term", "").strip("()") == "intercept" else "model"
    fields = _fields(material, entry)
    for key in ([f"{kind} {name}"] if "model" in entry.about else []) + [name, f"{name} alone"]:
        needed = [field for _, field, _, _ in Formatter().parse(SAY.get(key, "")) if field]
        if needed and all(fields.get(field) is not None for field in needed):
            return SAY[key].format_map(fields)
    return _plainly(material, entry)


def _plainly(material: Material, entry: Entry) -> str:
    """Of a statistic without a sentence of its own: its name, and how many it is from."""
    row, fields = entry.row, _fields(material, entry)
    if row.n is None or row.denominator is None:
        return printed_name(row.name)
    return f"{printed_name(row.name)}, from {fields['n']} of {fields['of']} {fields['units']}{fields['who']}"


def _fields(material: Material, entry: Entry) -> dict[str, str | None]:
    """What a sentence may name; None is what the statistic does not have, or what was withheld from it."""
    row, about, style, unit = entry.row, entry.about, material.style, material.study.unit
    what, by = _what(material, about), grouped_by(material, about.get("analysis", ""))
    of_by = f" of “{outcome_at(material, by.outcome, by.at)}”" if by else ""
    return {
        "value": _number(style, row.estimate),
        "points": _number(style, in_points(row).estimate),
        "upper": _number(style, row.upper),
        "n": None if row.n is None else style.count(row.n),
        "of": None if row.denominator is None else style.count(row.denominator),
        "unit": unit,
        "units": unit if row.denominator == 1 else f"{unit}s",
        "who": _who(material, about),
        "what": what,
        "it": f"“{about['category']}” for {what}" if "category" in about else what,
        "first": about.get("group"),
        "second": f"{about['against']}{of_by}" if "against" in about else None,
        "groups": f"the groups{of_by}",
        "category": about.get("category"),
        "from": about.get("from_category"),
        "against": _word(material, about, "against"),
        "start": _word(material, about, "first"),
        "end": _word(material, about, "second"),
        "term": _word(material, about, "term"),
        "analysis": f"“{material.analysis_title(about['analysis'])}”" if "analysis" in about else None,
        "readers": _readers(material, about),
    }


def _number(style: Style, value: float | None) -> str | None:
    """As many decimals as a reader needs to find the number again; the facts have all."""
    if value is None:
        return None
    places = 0 if value == int(value) else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return style.number(value, places)


def _word(material: Material, about: Mapping[str, str], dimension: str) -> str | None:
    return word(material, dimension, about[dimension]) if dimension in about else None


def _what(material: Material, about: Mapping[str, str]) -> str | None:
    """“Pain, 1 month”, in its marks."""
    name = about.get("outcome", about.get("finding"))
    return None if name is None else f"“{outcome_at(material, name, about.get('timepoint'))}”"


def outcome_at(material: Material, name: str, time: str | None) -> str:
    """“Pain, 1 month”."""
    when = [small(material.timepoint_label(time))] if time else []
    return ", ".join([capital(material.outcome_label(name)), *when])


def _who(material: Material, about: Mapping[str, str]) -> str:
    """The group that is meant, in words that can follow “patients”; nothing for everybody."""
    group = about.get("group", ALL)
    analysis = about.get("analysis", "")
    if group == ALL or about.get("against") in material.group_labels(analysis):
        return ""
    by = grouped_by(material, analysis)
    return f" of the group “{outcome_at(material, by.outcome, by.at)}: {group}”" if by else f" of the group “{group}”"


def grouped_by(material: Material, analysis: str) -> OutcomeAt | None:
    """The outcome that an analysis groups by, if it is not the study’s groups."""
    return next((getattr(a, "by", None) for a in material.study.analyses if a.name == analysis), None)


def _readers(material: Material, about: Mapping[str, str]) -> str | None:
    names = [_word(material, {"reader": about[key]}, "reader") for key in ("reader", "against") if key in about]
    listed = ", ".join(name for name in names if name).split(", ") if "reader" in about else []
    return " and ".join(filter(None, [", ".join(listed[:-1]), *listed[-1:]])) if listed else None


def _probability(style: Style, p: float) -> str:
    text = style.p_text(p)
    return text.replace("< ", "less than ").replace("> ", "more than ")


def _absent(material: Material, entry: Entry) -> list[str]:
    """Who gave no answer, beside a number that is of those who did."""
    row, about = entry.row, entry.about
    if row.name not in OF_ANSWERS:
        return []
    if row.method.endswith(FAILURE):
        return ["No answer counts as not reached"]
    same = {key: about[key] for key in ("outcome", "timepoint", "group") if key in about}
    missing = material.entry("missing", [about.get("analysis", "")], **same)
    if missing is None or not missing.row.estimate:
        return []
    more = material.style.count(missing.row.estimate)
    one = missing.row.estimate == 1
    lacks = f"{'was' if one else 'were'} expected and gave no answer" if "timepoint" in about else "had none recorded"
    return [f"{more} more {lacks}; {'it is' if one else 'they are'} not in this number"]
