"""What every call of the API has in its description: what an unreadable request is told, and which headers it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Operation, Parameter

from lendmill.api.keys import NAME
from lendmill.api.problems import PROBLEM, Problem


def problem_of(description: str) -> ResponseSpec:
    """A refusal, as the description of the API tells it."""
    return ResponseSpec(Problem, description=description, media_type=PROBLEM, generate_examples=False)


UNREADABLE: Final = problem_of("The request cannot be read.")


@dataclass
class DescribedCall(Operation):
    """A call whose key is needed is described so; without it the call is refused in our own words."""

    def __post_init__(self) -> None:
        for each in self.parameters or ():
            if isinstance(each, Parameter) and each.name == NAME:
                each.required = True


def described(routes: Sequence[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """The calls with what all of them have in common."""
    for each in routes:
        each.operation_class = DescribedCall
        each.responses = {400: UNREADABLE, **(each.responses or {})}
    return list(routes)
