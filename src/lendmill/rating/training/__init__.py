"""LEARNING A CARD. Features are cut into bins, the telling ones chosen and weighed, and the card measured out of fold.

`lessons` is the whole of it, `bins` cuts one feature with OptBinning or by rank, `choosing` keeps and weighs,
`refining` learns all bins together. Needs the extra `lendmill[train]`; rating with a card learned elsewhere does not.
"""

from lendmill.rating.training.lessons import Kept, Learned, Report, train

__all__ = ["Kept", "Learned", "Report", "train"]
