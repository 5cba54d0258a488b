"""EACH SHOP'S DAYS, SUMMED ONCE. One row per shop, source, day and day of knowing; windows add rows up.

A row is written when an import brings something new and is never written again: a correction adds a row that is known
from its own day on and takes the old figures back. So the sum of the rows known by a day is what was known on that day,
and one new day costs what that day holds, however long the history. Roll-ups lie beside the lake's events and can be
made again from them at any time.
"""
