"""What a table of predictors is made of: by outcome, a model of several, models of one each, descriptions."""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.report.body import NothingToShowError
from foramen.report.layouts.asked import Asked
from foramen.study.analysis_definition import Logistic, OutcomeAt, Predictor


@dataclass(frozen=True)
class Block:
    """One model with the models of one predictor, descriptions and comparisons by the same outcome; or these alone."""

    success: OutcomeAt
    model: Logistic | None
    singles: Sequence[Logistic]
    described: Sequence[str]
    compared: Sequence[str]
    elsewhere: Sequence[Predictor]
    """What other models of the table hold: of two readers, each has the own findings in the own block."""

    @property
    def predictors(self) -> list[Predictor]:
        """Those of the model, then those that have only a model of their own."""
        own = list(self.model.predictors) if self.model else []
        return own + [single.predictors[0] for single in self.singles if single.predictors[0] not in own]

    def single(self, predictor: Predictor | None) -> Logistic | None:
        """The model of this predictor and no other."""
        return next((single for single in self.singles if single.predictors[0] == predictor), None)


def blocks_of(asked: Asked) -> list[Block]:
    """A block per model of several predictors, or else per outcome. A model of one predictor says its effect alone.

    Such models are taken from the whole study: a table of predictors shows each alone and all together.
    """
    known = {a.name: a for a in asked.material.study.analyses if isinstance(a, Logistic)}
    models = [known[name] for name in asked.named("logistic")]
    grouped = [name for name in asked.named("describe", "compare") if asked.by_outcome(name) is not None]
    if not models and not grouped:
        raise NothingToShowError(
            "This table needs an analysis of kind logistic, or of kind describe or compare `by` the outcome to predict."
        )
    full = [model for model in models if len(model.predictors) > 1]
    gone = asked.material.left_out()
    singles = [a for a in known.values() if len(a.predictors) == 1 and a.name not in gone]
    singles = [a for a in singles if a in models or any(_part(a, model) for model in full)]
    outcomes = [a.outcome for a in singles if a in models]
    outcomes += [by for name in grouped if (by := asked.by_outcome(name)) is not None]
    alone: list[OutcomeAt] = []
    for outcome in outcomes:
        if outcome not in [*alone, *(model.outcome for model in full)]:
            alone.append(outcome)
    found = [*((model.outcome, model) for model in full), *((outcome, None) for outcome in alone)]
    return [_block(asked, success, model, full, singles, grouped) for success, model in found]


def _part(single: Logistic, model: Logistic) -> bool:
    """Whether a model of one predictor is of the same outcome and a predictor of the other model."""
    return single.outcome == model.outcome and single.predictors[0] in model.predictors


def _block(
    asked: Asked,
    success: OutcomeAt,
    model: Logistic | None,
    full: Sequence[Logistic],
    singles: Sequence[Logistic],
    grouped: Sequence[str],
) -> Block:
    names = [name for name in grouped if asked.by_outcome(name) == success]
    described = [name for name in names if name in asked.named("describe")]
    elsewhere = [predictor for other in full if other is not model for predictor in other.predictors]
    own = [s for s in singles if s.outcome == success and s.predictors[0] not in elsewhere]
    own += [s for s in singles if model is not None and _part(s, model) and s not in own]
    return Block(success, model, own, described, [name for name in names if name not in described], elsewhere)
