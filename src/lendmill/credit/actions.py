"""Everything credit does, by the names other rooms use: applying, deciding, offers, and the verbs of lines."""

from lendmill.credit.applications.actions import Decided as Decided
from lendmill.credit.applications.actions import apply_at_once as apply_at_once
from lendmill.credit.applications.actions import save_step as save_step
from lendmill.credit.applications.actions import start_application as start_application
from lendmill.credit.applications.actions import submit as submit
from lendmill.credit.applications.actions import withdraw as withdraw
from lendmill.credit.decisions.actions import publish_policy as publish_policy
from lendmill.credit.decisions.actions import publish_presets as publish_presets
from lendmill.credit.lines.actions import bring_standing as bring_standing
from lendmill.credit.lines.actions import give_back as give_back
from lendmill.credit.lines.actions import lock_line as lock_line
from lendmill.credit.lines.actions import open_line as open_line
from lendmill.credit.lines.actions import reserve as reserve
from lendmill.credit.lines.actions import reserved_to_used as reserved_to_used
from lendmill.credit.lines.actions import set_line_status as set_line_status
from lendmill.credit.lines.actions import unreserve as unreserve
from lendmill.credit.offers.actions import OfferReport as OfferReport
from lendmill.credit.offers.actions import make_offers as make_offers
from lendmill.credit.offers.actions import make_offers_by_page as make_offers_by_page
from lendmill.credit.review.actions import ask_for_review as ask_for_review
