"""Plays one case of clients/conformance; its README says how."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, cast

import httpx

from capstan import CapstanError, Client, Worker, WorkerRefused
from capstan._options import JobItem
from capstan._tracing import continued
from conformance_handlers import Seen, Spec, register, seconds
from live import Live

ENDED = ("succeeded", "failed", "cancelled")


@dataclass
class Placed:
    """What a submission came to."""

    spec: Spec
    index: int | None
    at: datetime
    uid: str = ""
    repeated: bool | None = None
    error: CapstanError | None = None
    result: Any = None


class Player:
    def __init__(self, case: Spec, defaults: Spec, live: Live, client: Client) -> None:
        self.case = case
        self.defaults = defaults
        self.live = live
        self.client = client
        self.tag = uuid.uuid4().hex[:8]
        self.placed: dict[str, Placed] = {}
        self.seen = Seen()
        self.followed: list[str] = []
        self.outcomes: dict[str, Any] = {}
        self._worker: Worker | None = None
        self._thread: threading.Thread | None = None
        self._refused: WorkerRefused | None = None

    def play(self) -> None:
        when = self.case.get("worker", "before")
        if when == "before":
            self._begin_worker()
        with continued(self.case.get("traceparent"), "case"):
            self._submit([spec for spec in self.case["tasks"] if "when" not in spec])
        if when == "after":
            self._begin_worker()
        for step in self.case.get("steps", []):
            ((name, what),) = step.items()
            self._steps()[name](what)
        uids = [one.uid for one in self.placed.values() if one.uid]
        if uids:
            for outcome in self.client.wait(uids, timeout=seconds(self.defaults["within"])):
                self.outcomes[outcome["uid"]] = outcome
        if "follow" in self.case:
            self._follow(self._uid(self.case["follow"]))

    def end(self) -> None:
        if self._worker is not None and self._thread is not None:
            while self._thread.is_alive():
                self._worker.stop()
                self._thread.join(0.2)

    def _begin_worker(self) -> None:
        worker = Worker(
            ["default"],
            concurrency=self.case.get("concurrency", self.defaults["concurrency"]),
            server=self.live.address,
            key=self._key(),
        )
        for key, spec in self.case["handlers"].items():
            register(worker, self._named(key), key, spec, self.seen)

        def run() -> None:
            try:
                worker.run()
            except WorkerRefused as refused:
                self._refused = refused

        self._worker, self._thread = worker, threading.Thread(target=run)
        self._thread.start()

    def _key(self) -> str:
        if "key" not in self.case:
            return self._read(self.live.worker_key_file)
        body = {"name": f"case-{self.tag}", "roles": ["worker"], **self.case["key"]}
        made = httpx.post(f"{self.live.address}/api/v1/keys", json=body, headers=self.headers())
        made.raise_for_status()
        return str(made.json()["key"])

    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._read(self.live.key_file)}"}

    @staticmethod
    def _read(path: str) -> str:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()

    def _submit(self, specs: list[Spec]) -> None:
        for spec in specs:
            for index in range(spec["count"]) if "count" in spec else [None]:
                name = spec["id"] if index is None else f"{spec['id']}-{index}"
                self.placed[name] = Placed(spec, index, datetime.now(timezone.utc))
        ids = {spec["id"] for spec in specs}
        places = [one for one in self.placed.values() if one.spec["id"] in ids]
        how = self.case.get("submit", "each")
        if how in ("batch", "batch-all"):
            self._batch(places, how == "batch-all")
        elif how == "at-once":
            with ThreadPoolExecutor(16) as pool:
                list(pool.map(self._one, places))
        else:
            for place in places:
                self._one(place)

    def _one(self, place: Placed) -> None:
        key = f"{place.spec['key']}-{self.tag}" if "key" in place.spec else None
        item = self._item(place)
        try:
            if self.case.get("submit") == "and-wait":
                of_task = item["spec"]["task"]
                place.result = self.client.submit_and_wait(
                    of_task["handler"],
                    of_task["payload"],
                    name=item["name"],
                    wait_timeout=seconds(self.defaults["within"]),
                )
                place.uid = self.client.get(item["name"])["metadata"]["uid"]
                return
            answer = self.client.submit_job(item, idempotency_key=key)
            place.uid, place.repeated = answer["metadata"]["uid"], answer["repeated"]
        except CapstanError as error:
            place.error = error

    def _batch(self, places: list[Placed], whole: bool) -> None:
        try:
            answer = self.client.submit_batch(map(self._item, places), mode="all" if whole else "each")
        except CapstanError as error:
            for place in places:
                place.error = error
            return
        for place, item in zip(places, cast("list[Any]", answer["items"])):
            if "uid" in item:
                place.uid, place.repeated = item["uid"], item["repeated"]
            else:
                place.error = CapstanError(item["error"]["message"], code=item["error"]["code"])

    def _item(self, place: Placed) -> JobItem:
        spec, index = place.spec, place.index
        payload = spec.get("payload") if index is None else index
        if "text" in spec:
            payload = {"text": "x" * spec["text"]}
        options = {**self.defaults["options"], **spec.get("options", {})}
        of_task = {name: options.pop(name) for name in OF_TASK if name in options}
        if "unique" in of_task:
            of_task["unique"] = {**of_task["unique"], "key": f"{of_task['unique']['key']}-{self.tag}"}
        if "after" in spec:
            of_task["after"] = [self._named(one) for one in spec["after"]]
        if "start-in" in spec:
            starts = place.at + timedelta(seconds=seconds(spec["start-in"]))
            options["startAfter"] = starts.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        handler = spec.get("handler-name") or self._named(spec.get("handler", "main"))
        item: Any = {"labels": options.pop("labels", {})}
        item["spec"] = {**options, "task": {"handler": handler, "payload": payload, **of_task}}
        if "key" not in spec and "unique" not in of_task:
            item["name"] = self._named(spec["id"] if index is None else f"{spec['id']}-{index}")
        return cast("JobItem", item)

    def _follow(self, uid: str) -> None:
        for event in self.client.follow(uid, after="start"):
            self.followed.append(event["reason"])
            if event["state"] in ENDED or event["reason"] in self.case["expect"]["followed"][-1:]:
                return

    def _steps(self) -> dict[str, Callable[[Any], None]]:
        return {
            "entered": self._until_entered,
            "state": lambda what: self._each(what, self._is_state),
            "progress": lambda what: self._each(what, self._until_progress),
            "cancel": lambda what: self._cancel(what),
            "ended": lambda what: self._wait(what),
            "submit": lambda what: self._submit([spec for spec in self.case["tasks"] if spec["id"] == what]),
            "end-worker": self._end_worker,
            "begin-worker": lambda _: self._begin_worker(),
            "worker-refused": self._is_refused,
        }

    def _cancel(self, name: str) -> None:
        self.client.cancel(self._uid(name), reason="a step of its case")

    def _wait(self, name: str) -> None:
        self.client.wait([self._uid(name)], timeout=seconds(self.defaults["within"]))

    def _each(self, what: dict[str, Any], check: Callable[[str, Any], None]) -> None:
        for name, want in what.items():
            check(self._uid(name), want)

    def _until_entered(self, name: str) -> None:
        self._until(lambda: self._uid(name) in self.seen.entered, f"the handler of {name} is called")

    def _is_state(self, uid: str, want: str) -> None:
        assert self.client.get(uid)["status"]["state"] == want

    def _until_progress(self, uid: str, want: dict[str, Any]) -> None:
        def holds() -> bool:
            progress: Any = self.client.get(uid)["status"].get("progress") or {}
            return all(progress.get(name) == value for name, value in want.items())

        self._until(holds, f"the progress of {uid} is {want}")

    def _until(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + seconds(self.defaults["within"])
        while not holds():
            assert time.monotonic() < end, f"not in time: {what}"
            time.sleep(0.02)

    def _end_worker(self, how: str) -> None:
        assert self._worker is not None
        assert self._thread is not None
        self._worker.stop()
        if how == "now":
            self._worker.stop()
        self._thread.join(seconds(self.defaults["within"]))
        assert not self._thread.is_alive(), "the worker has not ended"

    def _is_refused(self, code: str) -> None:
        assert self._thread is not None
        self._thread.join(seconds(self.defaults["within"]))
        assert self._refused is not None, "the worker was not refused"
        assert self._refused.code == code

    def events(self, uid: str) -> list[str]:
        """Reasons, oldest first."""
        query = {"project": "default", "job": uid, "limit": "1000"}
        answer = httpx.get(f"{self.live.address}/api/v1/events", params=query, headers=self.headers())
        return [event["reason"] for event in reversed(json.loads(answer.content)["items"])]

    def _uid(self, name: str) -> str:
        return self.placed[name].uid

    def _named(self, name: str) -> str:
        return f"{name}-{self.tag}"


OF_TASK = ("fairKey", "concurrency", "rate", "unique", "onDependencyFailure", "cancelGrace")
