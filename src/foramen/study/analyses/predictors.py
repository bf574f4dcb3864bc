"""Variables of models: a number as it is, a category as indicators of its levels against a reference."""

from dataclasses import dataclass

from foramen.kernel.errors import DefinitionError
from foramen.statistics.covariate_patterns import Term
from foramen.statistics.tables import Axis
from foramen.study.analysis_definition import Predictor
from foramen.study.engines.request import Case, Compare, Key
from foramen.study.frame import Frame, Source, code_of, together


@dataclass(frozen=True)
class Covariate:
    """A predictor with its terms in the statistics' words and its columns in the engines' words, one to one."""

    source: Source
    terms: tuple[Term, ...]
    design: tuple[Key, ...]


def covariate(frame: Frame, predictor: Predictor, where: str) -> Covariate:
    """Resolve a predictor; a category without a reference takes its first level."""
    source = frame.source(predictor.variable, where, at=predictor.at, reader=predictor.reader)
    kind = predictor.as_ or source.variable.kind
    if kind == "number":
        return _number(source, predictor, where)
    if source.variable.kind == "number":
        raise DefinitionError.single(
            f"“{predictor.variable}” is a number without levels", where=f"{where}.as", received="category",
            remedy='leave `as` out, or import it as a category',
        )  # fmt: skip
    reference = code_of(source.variable, predictor.reference, f"{where}.reference") if predictor.reference else 0
    levels = [code for code, _ in source.axis.labels if isinstance(code, int) and code != reference]
    return Covariate(
        source,
        tuple(Term(source.axis.name, code, _label(source, code, reference)) for code in levels),
        tuple(Key(Axis(_label(source, code, reference)), _indicator(source, code)) for code in levels),
    )


def _number(source: Source, predictor: Predictor, where: str) -> Covariate:
    if predictor.reference is not None:
        raise DefinitionError.single(
            "a number has no reference level",
            where=f"{where}.reference",
            received=predictor.reference,
            remedy="leave it out",
        )
    name, decimals = source.column.name, source.variable.decimals
    return Covariate(source, (Term(name, None, name, decimals),), (Key(Axis(name, decimals), source.arithmetic),))


def _label(source: Source, code: int, reference: int) -> str:
    return f"{source.column.name}: {source.axis.label(code)} against {source.axis.label(reference)}"


def _indicator(source: Source, code: int) -> Case:
    return Case(((together(source.window, Compare(source.column, "=", code)), 1), (source.recorded, 0)))
