"""A card in the shadow beside the live one, over the same shops on one day: where they agree, and who would swap."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class GradePair:
    """So many shops that the live card puts in one grade and the other card in another, with their mean PDs."""

    live_grade: str
    shadow_grade: str
    shops: int
    live_pd: float | None
    shadow_pd: float | None


@dataclass(frozen=True, slots=True)
class ShadowComparison:
    """Two cards over the shops both rated on a day.

    `swapped_in` would be let through by the shadow alone, `swapped_out` by the live card alone.
    """

    as_of_on: date
    pairs: tuple[GradePair, ...]
    approvable: frozenset[str]

    @property
    def shops(self) -> int:
        """How many both rated."""
        return sum(pair.shops for pair in self.pairs)

    @property
    def same_grade(self) -> int:
        """How many stand in the same grade with both."""
        return sum(pair.shops for pair in self.pairs if pair.live_grade == pair.shadow_grade)

    @property
    def both(self) -> int:
        """How many both would let through."""
        return self._through(live=True, shadow=True)

    @property
    def swapped_in(self) -> int:
        """How many only the shadow would let through."""
        return self._through(live=False, shadow=True)

    @property
    def swapped_out(self) -> int:
        """How many only the live card lets through."""
        return self._through(live=True, shadow=False)

    @property
    def neither(self) -> int:
        """How many neither would let through."""
        return self._through(live=False, shadow=False)

    def _through(self, *, live: bool, shadow: bool) -> int:
        return sum(
            pair.shops
            for pair in self.pairs
            if (pair.live_grade in self.approvable) is live and (pair.shadow_grade in self.approvable) is shadow
        )

    @property
    def live_pd(self) -> float | None:
        """The mean PD by the live card, over the shops both could rate."""
        return _mean([(pair.live_pd, pair.shops) for pair in self._known])

    @property
    def shadow_pd(self) -> float | None:
        """The mean PD by the shadow, over the same shops."""
        return _mean([(pair.shadow_pd, pair.shops) for pair in self._known])

    @property
    def _known(self) -> list[GradePair]:
        return [pair for pair in self.pairs if pair.live_pd is not None and pair.shadow_pd is not None]


def _mean(weighed: Sequence[tuple[float | None, int]]) -> float | None:
    shops = sum(count for _, count in weighed)
    return sum((pd or 0.0) * count for pd, count in weighed) / shops if shops else None


def compared(as_of_on: date, pairs: Sequence[GradePair], approvable: Collection[str]) -> ShadowComparison | None:
    """The comparison, where there is anything to compare."""
    return ShadowComparison(as_of_on, tuple(pairs), frozenset(approvable)) if pairs else None
