"""One conversation: when, over which link, what was asked, what was answered, and what cannot be done to it."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec

from lendmill.credit.review.interview.question import AnswerFinding, Question
from lendmill.refusals import Refusal

MOVES_MAX: Final = 3
LINK_MAX: Final = 500
REFERENCE_MAX: Final = 120


class NoSuchInterview(Refusal):
    """There is no conversation {interview_id}."""


class InterviewArranged(Refusal):
    """A conversation is arranged already: move it or call it off first."""


class InterviewStillToCome(Refusal):
    """The conversation is booked for {starts_at}: keep it as had from that day on, or say why it was earlier."""


class InterviewOver(Refusal):
    """This conversation is over: nothing about it can be changed."""


class SlotTaken(Refusal):
    """That half hour is taken: choose another."""


class MovedTooOften(Refusal):
    """This conversation was moved {moves} times: speak to your reviewer."""


class NotALink(Refusal):
    """The link of a meeting begins with https://, names no user, and has no spaces or hidden signs."""


class NotAReference(Refusal):
    """A recording is kept elsewhere: give its name or address in at most {letters_max} letters, no path on a disk."""


class NoSuchInterviewQuestion(Refusal):
    """{question!r} is not a question of this conversation."""


class NotAFinding(Refusal):
    """{finding!r} is not what can be found: choose one of {findings}."""


class QuestionsOpen(Refusal):
    """{left} questions have no finding yet: say of each whether it matches, differs, or was not answered."""


@dataclass(frozen=True, slots=True)
class Interview:
    """A conversation as it is kept."""

    interview_id: UUID
    borrower_id: UUID
    case_id: UUID
    status: str
    interviewer: UUID
    interviewer_name: str
    questions: list[dict[str, Any]]
    meeting_url: str
    starts_at: datetime | None
    moves: int
    recording_ref: str
    invited_on: date
    held_on: date | None

    @property
    def asked(self) -> tuple[Question, ...]:
        """Its questions, as they were made from the file."""
        return msgspec.convert(tuple(self.questions), tuple[Question, ...])

    @property
    def running(self) -> bool:
        """Whether it is still to be had, or being had."""
        return self.status in ("invited", "booked")


@dataclass(frozen=True, slots=True)
class InterviewAnswer:
    """What was found on one question."""

    question: str
    finding: AnswerFinding
    said: str


def link(text: str) -> str:
    """A meeting's address as it is kept.

    >>> link(" HTTPS://meet.example.com/Abc ")
    'https://meet.example.com/Abc'
    """
    clean = re.sub(r"\Ahttps://", "https://", text.strip(), flags=re.IGNORECASE)
    if not re.fullmatch(r"https://[^\s<>\"'\\]{4,}", clean) or len(clean) > LINK_MAX or not _opens(clean):
        raise NotALink
    return clean


def _opens(address: str) -> bool:
    """Whether it is what it looks like: a host that can be one, no user before it, nothing hidden in it."""
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and "@" not in parts.netloc and address.isprintable()


def reference(text: str) -> str:
    """A recording's reference as it is kept, a name or an address; none is none.

    >>> reference(" recordings/2026/REC-1 "), reference("")
    ('recordings/2026/REC-1', '')
    """
    clean = " ".join(text.split())
    if len(clean) > REFERENCE_MAX or not clean.isprintable() or not _plain(unquote(clean)):
        raise NotAReference(letters_max=REFERENCE_MAX)
    return clean


def _plain(name: str) -> bool:
    """Whether a reference leads nowhere but down from where recordings are, and holds no recording itself."""
    if re.match(r"(?:data|javascript|file):|[/\\~]", name, re.IGNORECASE):
        return False
    steps = (step.strip() for step in re.split(r"[/\\]", name))
    return not {".", ".."} & set(steps) and ("://" not in name or _opens(name))
