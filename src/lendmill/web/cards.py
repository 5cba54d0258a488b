"""The pages of the cards: all that are kept, one of them with its pictures, and two people who take it further."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.statuses import status
from lendmill.insight.outcomes.actions import note_outcomes, watch_model
from lendmill.people.queries import act_today, house_day
from lendmill.people.sign_in.queries import Caller
from lendmill.rating import queries as ratings
from lendmill.rating.exports import written
from lendmill.rating.registry import actions, queries, stages
from lendmill.rating.registry.actions import Verdict
from lendmill.rating.registry.proposal import ModelProposal
from lendmill.rating.registry.reading import report_of
from lendmill.refusals import Refusal
from lendmill.web import card_facts
from lendmill.web.card_pdf import card_pdf
from lendmill.web.entrance import Form
from lendmill.web.own import form_key
from lendmill.web.pages import go, page, words_of

VERDICTS: Final[tuple[Verdict, ...]] = ("approve", "decline", "withdraw")
MEDIA: Final = {
    "sql": "application/sql",
    "pmml": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@get("/staff/models", sync_to_thread=True)
def models_page(request: Asked) -> Response[str]:
    """Every card kept, the live one first, and what waits for a second person."""
    reader = caller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        kept = ratings.models(db)
        waiting, kept_on = queries.waiting(db, today), queries.kept_days(db)
    order = ("live", "shadow", "draft", "retired")
    rows = sorted(kept, key=lambda model: order.index(model.stage))
    return page(
        request,
        "models.html",
        today=today,
        rows=[(model, report_of(model.report)) for model in rows],
        waiting=waiting,
        kept_on=kept_on,
        mine={each.proposal_id for each in waiting if _may_decide(reader, each)},
    )


@get("/staff/models/{model_id:str}", sync_to_thread=True)
def model_page(request: Asked, model_id: FromPath[str]) -> Response[str]:
    """One card: its tables as pictures, what was measured, how it is watched, and what may be done with it."""
    return _model(request, model_id)


def _model(request: Asked, model_id: str, refusal: Refusal | None = None, reason: str = "") -> Response[str]:
    words, reader = words_of(request), caller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        facts = card_facts.card_facts(db, ratings.model(db, model_id))
        histories = card_facts.histories(db, facts.model)
        was_live = queries.was_live(db, model_id)
        live = next((each for each in ratings.models(db) if each.stage == "live"), facts.model)
    waiting = next((each for each in facts.proposals if each.state(today) == "waiting"), None)
    return page(
        request,
        "model.html",
        status_code=status(refusal) if refusal else 200,
        today=today,
        facts=facts,
        model=facts.model,
        histories=histories,
        measured=card_facts.measured(facts, words),
        learned_from=card_facts.learned_from(facts.report, words) if facts.report else (),
        about=lambda figure: card_facts.about(figure, words),
        meaning=lambda feature: card_facts.meaning(feature, words),
        waiting=waiting,
        live_target=live.target,
        past=[each for each in facts.proposals if each is not waiting],
        may_decide=waiting is not None and _may_decide(reader, waiting),
        may_withdraw=waiting is not None and waiting.proposed_by == reader.account_id,
        steps_alone=_steps_alone(reader, facts.model.stage),
        proposes=_proposes(reader, facts.model.stage, was_live) if waiting is None else "",
        may_keep=reader.role in stages.KEEPERS,
        refused=words.refusal(refusal) if refusal else "",
        reason=reason,
    )


def _may_decide(reader: Caller, proposal: ModelProposal) -> bool:
    return proposal.proposed_by != reader.account_id and reader.role in stages.DECIDERS


def _steps_alone(reader: Caller, stage: str) -> list[str]:
    """Where this reader alone may take a card from here."""
    if reader.role not in stages.KEEPERS:
        return []
    return [to_stage for to_stage in stages.STAGES if (stage, to_stage) in stages.ALONE]


def _proposes(reader: Caller, stage: str, was_live: bool) -> str:
    """The stage this reader may propose for a card that stands here, or nothing."""
    if reader.role not in stages.KEEPERS:
        return ""
    if stage == "shadow" or (stage == "retired" and was_live):
        return "live"
    return "retired" if stage == "live" else ""


@post("/staff/models/{model_id:str}/stage", sync_to_thread=True)
def move(request: Asked, model_id: FromPath[str], data: Form) -> Response[str] | Redirect:
    """Take a card to a stage one person may take it to; where that is refused, the page says why."""
    return _done(request, model_id, data, actions.move, to_stage=data.get("to_stage", ""))


@post("/staff/models/{model_id:str}/proposals", sync_to_thread=True)
def propose(request: Asked, model_id: FromPath[str], data: Form) -> Response[str] | Redirect:
    """Propose a card for the live stage, or the live one for retirement."""
    done = _done(request, model_id, data, actions.propose, to_stage=data.get("to_stage", ""), key=form_key(data))
    if isinstance(done, Redirect):
        act_today(database_of(request), watch_model, model_id=model_id)  # the second person sees how it fits this house
    return done


def _done(request: Asked, model_id: str, data: dict[str, str], action: Any, **asked: Any) -> Response[str] | Redirect:
    reason = data.get("reason", "")
    try:
        asked["to_stage"] = stages.stage_named(asked["to_stage"])
        act_today(database_of(request), action, model_id=model_id, reason=reason, by=caller_of(request), **asked)
    except ratings.UnknownModel:
        raise
    except Refusal as refusal:
        return _model(request, model_id, refusal, reason)
    return go(f"/staff/models/{model_id}")


@post("/staff/model-proposals/{proposal_id:uuid}", sync_to_thread=True)
def decide(request: Asked, proposal_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Approve, decline or withdraw, once; where that is refused, the page says why."""
    reason, outcome = data.get("reason", ""), data.get("outcome", "")
    database = database_of(request)
    with database.transaction() as db:
        model_id = queries.proposal(db, proposal_id).model_id
    try:
        act_today(
            database, actions.decide, key=form_key(data), proposal_id=proposal_id,
            verdict=next((each for each in VERDICTS if each == outcome), "decline"), reason=reason,
            by=caller_of(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _model(request, model_id, refusal, reason)
    return go(f"/staff/models/{model_id}")


@post("/staff/models/{model_id:str}/watch", sync_to_thread=True)
def watch(request: Asked, model_id: FromPath[str]) -> Redirect:
    """Work out what the card is watched by as of today."""
    database = database_of(request)
    act_today(database, note_outcomes)
    act_today(database, watch_model, model_id=model_id)
    return go(f"/staff/models/{model_id}#watch")


@get("/staff/models/{model_id:str}/pictures/{picture:str}", sync_to_thread=True)
def picture(
    request: Asked, model_id: FromPath[str], picture: FromPath[str], look: FromQuery[str] = "light"
) -> Response[str]:
    """One picture of a card."""
    if look not in ("light", "dark"):
        raise NotFoundException
    with database_of(request).transaction() as db:
        model = ratings.model(db, model_id)
        kind, _, figure = picture.partition("-")
        if kind == "history":
            drawn = card_facts.history_picture(db, model, figure, look)
        else:
            drawn = card_facts.picture(card_facts.card_facts(db, model), picture, words_of(request), look)
    if drawn is None:
        raise NotFoundException
    return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=300"})


@get("/staff/models/{model_id:str}/card.pdf", sync_to_thread=True)
def pdf(request: Asked, model_id: FromPath[str]) -> Response[bytes]:
    """The card on paper."""
    with database_of(request).transaction() as db:
        made = card_pdf(db, ratings.model(db, model_id), words_of(request).language)
    return _file(made, f"{model_id}.pdf", "application/pdf")


@get("/staff/models/{model_id:str}/exports/{form:str}", sync_to_thread=True)
def export(request: Asked, model_id: FromPath[str], form: FromPath[str]) -> Response[bytes]:
    """The card as a file for other programs."""
    if form not in MEDIA:
        raise NotFoundException
    with database_of(request).transaction() as db:
        model = ratings.model(db, model_id)
    return _file(written(model.card, model.report, form), f"{model_id}.{form}", MEDIA[form])


def _file(content: bytes, name: str, media_type: str) -> Response[bytes]:
    safe = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "._-"))
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{safe}"'})
