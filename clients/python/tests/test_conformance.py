"""The cases that every SDK plays (clients/conformance), against a server with their settings."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from capstan import Client, TaskCancelled, TaskFailed
from conformance_handlers import Spec, seconds
from conformance_play import Placed, Player
from live import REPOSITORY, Live, serving

READ = "console.log(JSON.stringify(require('yaml').parse(require('fs').readFileSync(process.argv[1], 'utf8'))))"
RAISED = {"task-failed": TaskFailed, "task-cancelled": TaskCancelled}


def _cases() -> Spec:
    """The list is YAML, which the repository's own tools read: this package needs no parser of it."""
    if shutil.which("node") is None or not (REPOSITORY / "node_modules/yaml").is_dir():
        return {"cases": [], "defaults": {}, "server": {"env": {}}}
    file = str(REPOSITORY / "clients/conformance/cases.yaml")
    read = subprocess.run(["node", "-e", READ, file], cwd=REPOSITORY, stdout=subprocess.PIPE, check=True)
    found: Spec = json.loads(read.stdout)
    return found


LIST = _cases()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in LIST["server"]["env"].items():
            patch.setenv(name, value)
        with serving(tmp_path_factory.mktemp("conformance")) as server:
            yield server


@pytest.mark.parametrize("case", LIST["cases"], ids=lambda case: str(case["name"]))
def test_a_case(case: Spec, stage: Live) -> None:
    with Client(stage.address, key_file=stage.key_file, project="default") as client:
        player = Player(case, LIST["defaults"], stage, client)
        try:
            player.play()
            for name, want in case["expect"].items():
                _check(name, want, player)
        finally:
            player.end()


def _check(name: str, want: Any, player: Player) -> None:
    if name == "batches":
        got = {key: sorted(sizes, reverse=True) for key, sizes in player.seen.batches.items()}
        assert got == want
    elif name == "followed":
        _in_order(player.followed, want)
    else:
        places = [one for one in player.placed.values() if one.spec["id"] == name]
        assert places
        for place in places:
            _check_task(place, dict(want), player)


def _check_task(place: Placed, want: Spec, player: Player) -> None:
    refused = want.pop("refused", None)
    if refused is not None:
        assert place.error is not None
        assert place.error.code == refused
        at = want.pop("at", None)
        assert at is None or at in [detail["path"] for detail in place.error.details]
        return
    assert place.error is None
    checks: dict[str, Callable[[Any], bool]] = {
        "repeated": lambda value: place.repeated == value,
        "same-as": lambda value: place.uid == player.placed[value].uid,
        "stopped": lambda value: (place.uid in player.seen.stopped) == value,
    }
    for word, check in checks.items():
        assert word not in want or check(want.pop(word)), word
    _check_outcome(place, want, player)
    _check_result(place, want, player)
    _check_record(place, want, player)
    assert not want, "words that this driver does not know"


def _check_outcome(place: Placed, want: Spec, player: Player) -> None:
    outcome = player.outcomes[place.uid]
    for word in ("state", "reason"):
        if word in want:
            assert outcome[word] == want.pop(word), outcome["message"]
    for name, value in want.pop("error", {}).items():
        assert outcome["error"][name] == value


def _check_result(place: Placed, want: Spec, player: Player) -> None:
    client = player.client
    if "result" in want:
        index = place.index or 0
        value = want.pop("result")
        wanted = {"index": index, "twice-index": index * 2}.get(value, value) if isinstance(value, str) else value
        got = place.result if player.case.get("submit") == "and-wait" else client.result(place.uid)
        assert got == wanted
        assert type(got) is type(wanted)
    if "length" in want:
        assert len(client.result(place.uid)["text"]) == want.pop("length")
    if "facts" in want:
        facts, got = want.pop("facts"), client.result(place.uid)
        trace = facts.pop("trace", None)
        assert trace is None or got["traceparent"].split("-")[1] == trace
        assert {name: got[name] for name in facts} == facts
    if "raises" in want:
        with pytest.raises(TaskFailed) as caught:
            client.result(place.uid)
        assert type(caught.value) is RAISED[want.pop("raises")]


def _check_record(place: Placed, want: Spec, player: Player) -> None:
    status: Any = player.client.get(place.uid)["status"]
    if "attempts" in want:
        assert status["attempt"] == want.pop("attempts")
    if "charged" in want:
        assert status["charges"]["failed"] == want.pop("charged")
    if "not-before" in want:
        started = datetime.fromisoformat(status["attempts"][0]["startedAt"].replace("Z", "+00:00"))
        # The server's times have milliseconds.
        assert started - place.at >= timedelta(seconds=seconds(want.pop("not-before")) - 0.001)
    if "logs" in want:
        assert [line["text"] for line in player.client.logs(place.uid)] == want.pop("logs")
    if "events" in want:
        _in_order(player.events(place.uid), want.pop("events"))


def _in_order(got: list[str], want: list[str]) -> None:
    """Others may stand between."""
    rest = iter(got)
    assert all(reason in rest for reason in want), f"{want} within {got}"
