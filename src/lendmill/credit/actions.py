"""Applying for credit and being decided, in one transaction; and the verbs of lines that loans use."""

from lendmill.credit.lines.actions import bring_standing as bring_standing
from lendmill.credit.lines.actions import give_back as give_back
from lendmill.credit.lines.actions import lock_line as lock_line
from lendmill.credit.lines.actions import open_line as open_line
from lendmill.credit.lines.actions import reserve as reserve
from lendmill.credit.lines.actions import reserved_to_used as reserved_to_used
from lendmill.credit.lines.actions import set_line_status as set_line_status
from lendmill.credit.lines.actions import unreserve as unreserve
