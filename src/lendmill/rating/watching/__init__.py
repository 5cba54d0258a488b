"""WATCHING A CARD. Whether shops still look like those it learned from, pay as it said, and are treated alike.

`stability` compares the points (PSI) and each table's bins (CSI) with training; `ripening` compares the PDs given with
what became of the borrowers, month by month, and measures the order they were put in; `fairness` compares segments of
borrowers; `alarms` says from where on a figure is a reason to look, or to act. `actions` works all of it out as of a
day and keeps the figures; the formulas, with their sources, stand in the files that use them.
"""
