"""Sends requests to the doors over kept connections and writes down how long each answer took; runs as its own process.

    python _load.py PLAN.json RESULT.json

Two ways: `flat out` keeps every connection busy; `steady` sends at fixed moments, whether the answers have come or not,
and counts from the moment a request was meant to leave, so that a slow answer is not hidden by a late question.
"""

import asyncio
import json
import sys
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

import uvloop


class Caller(asyncio.Protocol):
    """One kept connection; one request at a time."""

    def __init__(self, on_answer: Any, over: "asyncio.Future[None]") -> None:
        self.on_answer, self.over = on_answer, over
        self.waiting = b""
        self.needed = -1
        self.meant_at = 0.0
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """The door is open."""
        self.transport = transport

    def ask(self, request: bytes, meant_at: float) -> None:
        """Send one request."""
        self.meant_at = meant_at
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Put an answer together; every answer names its length."""
        self.waiting += data
        if self.needed < 0:
            end = self.waiting.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.waiting[:end].lower()
            at = head.index(b"content-length:") + 15
            length = int(head[at:].split(b"\r\n", 1)[0])
            self.needed = end + 4 + length
        if len(self.waiting) >= self.needed:
            answer, self.waiting, self.needed = self.waiting[: self.needed], self.waiting[self.needed :], -1
            self.on_answer(self, answer)

    def connection_lost(self, error: Exception | None) -> None:
        """A door that closes before we are done is a failed measurement."""
        if not self.over.done():
            sys.exit(f"the doors closed a connection before the measuring was over: {error}")


class Run:
    """One measurement."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.borrowers = iter(plan["borrowers"])
        self.took: list[float] = []
        self.answers: Counter[str] = Counter()
        self.asked = 0
        self.first_at = self.last_at = 0.0
        self.over = asyncio.get_running_loop().create_future()
        self.ends_at = 0.0
        self.idle: deque[Caller] = deque()
        self.due: deque[float] = deque()
        body = json.dumps(plan["body"]).encode()
        self.head = (
            f" HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {plan['token']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: "
        ).encode()
        self.body = b"\r\n\r\n" + body

    def request(self) -> bytes:
        """An application for a seller who never applied before."""
        borrower_id = next(self.borrowers, None)
        if borrower_id is None:
            sys.exit("all sellers have applied: measure for a shorter time, or take in more sellers")
        self.asked += 1
        return (
            b"POST /api/v1/borrowers/%s/decisions" % borrower_id.encode() + self.head + borrower_id.encode() + self.body
        )

    def answered(self, caller: Caller, answer: bytes) -> None:
        """Note an answer, then ask again while there is time."""
        now = time.perf_counter()
        self.took.append(now - caller.meant_at)
        self.last_at = now
        status, _, body = answer[9:12].decode(), *answer.partition(b"\r\n\r\n")[1:]
        told = json.loads(body).get("outcome", "no outcome") if status == "201" else body[:200].decode()
        self.answers[f"{status} {told}"] += 1
        self.next(caller)

    def next(self, caller: Caller) -> None:
        """What a free connection does."""
        if self.plan["per_second"]:
            if self.due:
                caller.ask(self.request(), self.due.popleft())
            else:
                self.idle.append(caller)
        elif time.perf_counter() < self.ends_at:
            caller.ask(self.request(), time.perf_counter())
        self.end_if_all_is_answered()

    def end_if_all_is_answered(self) -> None:
        """Once the time is up and nothing is on its way, it is over."""
        everything = len(self.took) == self.asked and not self.due
        if everything and time.perf_counter() >= self.ends_at and not self.over.done():
            self.over.set_result(None)

    async def go(self) -> dict[str, Any]:
        """Measure."""
        loop = asyncio.get_running_loop()
        callers = [
            (await loop.create_connection(lambda: Caller(self.answered, self.over), "127.0.0.1", self.plan["port"]))[1]
            for _ in range(self.plan["connections"])
        ]
        self.first_at = time.perf_counter()
        self.ends_at = self.first_at + self.plan["seconds"]
        if self.plan["per_second"]:
            self.idle.extend(callers)
            await self.steadily()
        else:
            for caller in callers:
                caller.ask(self.request(), time.perf_counter())
        await asyncio.wait_for(self.over, self.plan["seconds"] + 60)
        return {
            "seconds": self.last_at - self.first_at,
            "took": self.took,
            "answers": dict(self.answers),
            "asked": self.asked,
        }

    async def steadily(self) -> None:
        """Let a request be due at every fixed moment."""
        every = 1 / self.plan["per_second"]
        for n in range(int(self.plan["seconds"] * self.plan["per_second"])):
            moment = self.first_at + n * every
            wait = moment - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            if self.idle:
                self.idle.popleft().ask(self.request(), moment)
            else:
                self.due.append(moment)
        self.ends_at = time.perf_counter()
        self.end_if_all_is_answered()


async def main(plan: dict[str, Any]) -> dict[str, Any]:
    """Run the plan."""
    return await Run(plan).go()


if __name__ == "__main__":
    done = uvloop.run(main(json.loads(Path(sys.argv[1]).read_text())))
    Path(sys.argv[2]).write_text(json.dumps(done))
