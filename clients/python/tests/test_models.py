"""The types are what the server's document says."""

from __future__ import annotations

import pytest

import generate_models


@pytest.mark.skipif(not generate_models.DOCUMENT.exists(), reason="outside of the repository there is no document")
def test_the_models_are_generated_from_the_document_of_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate_models.main(["--check"]) == 0, capsys.readouterr().err
