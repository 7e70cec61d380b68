"""The version that servers are told."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def _installed() -> str:
    try:
        return version("capstan-client")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0"


__version__ = _installed()
USER_AGENT = f"capstan-python/{__version__}"
