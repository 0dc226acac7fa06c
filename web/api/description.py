"""The published description of the API (OpenAPI 3.1), made from the table of endpoints."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api import answers
from web.api.endpoints import ENDPOINTS, Endpoint

_PLACE = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{(\w+)\}")
_REFUSALS = {
    "400": "an Idempotency-Key that is none",
    "401": "no token, or one that has expired",
    "403": "the token's role does not allow it",
    "404": "not there",
    "409": "the same Idempotency-Key is being worked on",
    "422": "not understood; `detail` names what",
    "429": "too many requests of one client wait; `Retry-After` says when to come again",
    "503": "the database does not answer, or too many requests wait",
}


def describe(prefix: str) -> dict[str, Any]:
    """Return the description of all endpoints under a prefix."""
    models: dict[type[BaseModel], None] = {answers.Problem: None}
    for endpoint in ENDPOINTS:
        models |= {endpoint.question: None, endpoint.answer: None}
    names, schemas = models_json_schema(
        [(model, "serialization") for model in models], ref_template=_PLACE
    )
    components = schemas.get("$defs", {})
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        answer = names[(endpoint.answer, "serialization")]
        question = names[(endpoint.question, "serialization")]
        paths.setdefault(prefix + endpoint.path, {})[endpoint.method.lower()] = _operation(
            endpoint, components, question, answer
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wirewatch", "version": "1"},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    endpoint: Endpoint, components: dict[str, Any], question: dict[str, Any], answer: Any
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(endpoint.path)
    ]
    operation: dict[str, Any] = {
        "operationId": endpoint.do.__name__,
        "summary": endpoint.summary,
        "responses": {
            "200": {"description": "done", "content": {"application/json": {"schema": answer}}},
            **{
                status: {
                    "description": words,
                    "content": {
                        "application/problem+json": {
                            "schema": {"$ref": _PLACE.format(model="Problem")}
                        }
                    },
                }
                for status, words in _REFUSALS.items()
                if status not in ("400", "409") or endpoint.acts
            },
        },
    }
    if endpoint.acts:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 200,
                           "pattern": "^[\\x21-\\x7e]+$"},
            }
        )  # fmt: skip
        # Nothing at all stands for `{}`: it will do where nothing is needed.
        operation["requestBody"] = {
            "required": bool(_resolved(question, components).get("required")),
            "content": {"application/json": {"schema": question}},
        }
    else:
        schema = _resolved(question, components)
        needed = schema.get("required", [])
        parameters.extend(
            {"name": name, "in": "query", "required": name in needed, "schema": of}
            for name, of in schema.get("properties", {}).items()
        )
    operation["parameters"] = parameters
    return operation


def _resolved(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = components.get(name, schema)
    return found
