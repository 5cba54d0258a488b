"""The pages for when something did not work: one sentence that says what, and where to go from there."""

import logging
from urllib.parse import quote

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from lendmill.api.callers import Asked, told_to
from lendmill.api.problems import printable
from lendmill.api.statuses import status
from lendmill.refusals import Refusal
from lendmill.web.pages import go, page, words_of

log = logging.getLogger("lendmill.doors")


def refused(asked: Asked, refusal: Refusal) -> Response[str]:
    """A refusal that no form was there to show."""
    told = told_to(asked, refusal)
    return page(asked, "sorry.html", status_code=status(told), sentence=words_of(asked).refusal(told))


def wrong_request(asked: Asked, error: HTTPException) -> Response[str] | Redirect:
    """Not signed in: to the sign-in page and back here afterwards. Else a sentence for each kind of mistake."""
    if error.status_code == 401:
        wanted = asked.scope["path"] if asked.method == "GET" else "/"
        return go(f"/sign-in?next={quote(wanted)}" if wanted != "/" else "/sign-in")
    say = words_of(asked).say
    sentences = {
        403: say("This page is not part of your work here."),
        404: say("There is nothing here."),
        405: say("There is nothing here."),
        413: say("That is more than this page can take in."),
    }
    if "CSRF" in (error.detail or ""):
        sentences[403] = say("This form was open too long. Please go back, reload the page and send it again.")
    sentence = sentences.get(error.status_code, say("That request could not be read."))
    return page(asked, "sorry.html", status_code=error.status_code, sentence=sentence)


def crashed(asked: Asked, error: Exception) -> Response[str]:
    """A mistake of ours: written to the log in full, told without its insides."""
    log.error("%s %s", asked.method, printable(asked.scope["path"]), exc_info=error)
    sentence = words_of(asked).say("Something went wrong on our side. Nothing was done by halves; please try again.")
    return page(asked, "sorry.html", status_code=500, sentence=sentence)
