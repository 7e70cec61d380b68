"""The types, and the options of a task, are what the server's document says."""

from __future__ import annotations

import json
from typing import Any

import pytest

import generate_models
from capstan import _options

pytestmark = pytest.mark.skipif(
    not generate_models.DOCUMENT.exists(), reason="outside of the repository there is no document"
)


def schemas() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(generate_models.DOCUMENT.read_text(encoding="utf-8"))
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def test_the_models_are_generated_from_the_document_of_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate_models.main(["--check"]) == 0, capsys.readouterr().err


def test_every_field_of_a_task_is_an_option() -> None:
    assert set(schemas()["Task"]["properties"]) == {"handler", "payload", *_options._OF_TASK.values()}


def test_every_other_option_is_a_field_of_the_spec() -> None:
    known = schemas()["JobSpec"]["properties"]
    assert set(_options._OF_SPEC.values()) <= set(known)
    assert set(_options.TaskOptions.__annotations__) == {*_options._OF_JOB, *_options._OF_SPEC, *_options._OF_TASK}
