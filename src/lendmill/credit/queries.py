"""What was offered, applied for, decided and granted, and why, by the names other rooms use."""

from lendmill.credit.applications.queries import application as application
from lendmill.credit.applications.queries import applications_page as applications_page
from lendmill.credit.applications.queries import open_applications as open_applications
from lendmill.credit.decisions.queries import decision as decision
from lendmill.credit.decisions.queries import decisions_of as decisions_of
from lendmill.credit.decisions.queries import every_decision as every_decision
from lendmill.credit.decisions.queries import policy as policy
from lendmill.credit.decisions.queries import policy_in as policy_in
from lendmill.credit.decisions.queries import preset_policy as preset_policy
from lendmill.credit.decisions.queries import replay as replay
from lendmill.credit.decisions.queries import replayed_now as replayed_now
from lendmill.credit.decisions.queries import why as why
from lendmill.credit.lines.queries import line as line
from lendmill.credit.lines.queries import lines_of as lines_of
from lendmill.credit.lines.queries import standing as standing
from lendmill.credit.offers.entries.queries import entries as entries
from lendmill.credit.offers.entries.queries import entry_of as entry_of
from lendmill.credit.offers.queries import behind as behind
from lendmill.credit.offers.queries import no_offers_of as no_offers_of
from lendmill.credit.offers.queries import offers_of as offers_of
