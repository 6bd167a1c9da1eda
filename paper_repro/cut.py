"""What the epoch limit makes of comparisons of steps: those that it cut are a lower bound."""

from dataclasses import dataclass

from paper_repro.verdict import HOLDS, UNKNOWN


@dataclass(frozen=True)
class Cut:
    """Which steps of a comparison were cut."""

    rising: bool
    """Some of those with which its number rises."""
    falling: bool
    """Some of those with which its number falls."""

    @property
    def opposite(self) -> "Cut":
        """What was cut of a number that rises where this one falls."""
        return Cut(self.falling, self.rising)

    def mark(self, text: str) -> str:
        """Return the number's text, marked as the bound that it is, if it is one."""
        if self.rising and self.falling:
            return f"{text} of cut steps"
        return f"≥ {text}" if self.rising else f"≤ {text}" if self.falling else text

    def told(self, verdict: str) -> str:
        """Return what can be told of a claim that holds above a threshold."""
        if self.falling or (self.rising and verdict != HOLDS):
            return UNKNOWN
        return verdict
