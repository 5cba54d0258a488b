"""What happens each night, in order: the house moves to the next day, and what falls on that day is written down.

Closing a day moves the house to the next one first, so that nobody waits; then the sweep opens that day: loans on which
something happens are brought up to it, and the night's interest is posted in one line a product. Each step is done once
and can be stopped anywhere; run again, it goes on where it was, and the books are the same as if nothing had happened.
"""

from lendmill.day_end.nights import DayNotReached, close_day, day_end, first_open_day
from lendmill.day_end.rehearsing import rehearse
from lendmill.day_end.report import Report, report_of

__all__ = ["DayNotReached", "Report", "close_day", "day_end", "first_open_day", "rehearse", "report_of"]
