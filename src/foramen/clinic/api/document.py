"""The API document: what can be asked, with which body, and what is answered."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import NinjaAPI
from pydantic.json_schema import models_json_schema

from foramen.clinic.api.tokens import verbs_by_token
from foramen.clinic.api.writing import REFERENCE

FOLDER = "/api/"


def view_of(api: NinjaAPI) -> Any:
    """The view that answers with the document. It names no row of anybody."""

    @cache
    def document() -> Mapping[str, Any]:
        made = dict(api.get_openapi_schema(path_prefix=FOLDER))
        contents = {verb.content for verb in verbs_by_token()}
        wanted = [(model, "validation") for model in sorted(contents, key=lambda model: model.__name__)]
        _, bodies = models_json_schema(wanted, ref_template=REFERENCE)  # type: ignore[arg-type]
        made["components"]["schemas"] |= bodies.get("$defs", {})
        return made

    def openapi(_request: HttpRequest) -> JsonResponse:
        return JsonResponse(document())

    return openapi
