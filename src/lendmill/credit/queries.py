"""What was offered, applied for, decided and granted, and why."""

from lendmill.credit.lines.queries import line as line
from lendmill.credit.lines.queries import lines_of as lines_of
from lendmill.credit.lines.queries import standing as standing
