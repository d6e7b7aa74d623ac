"""Remedies: what can be done in a run about something that goes wrong, from the settings that its method really has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ganstudio.game import MethodSettings, Signs
from ganstudio.words.events import Remedy
from ganstudio.words.routes import Inventory, Needs
from ganstudio.words.settings import SettingCard, Value, describe

SMALLEST_RATE = 1e-6  # A learning rate below it teaches nothing.


@dataclass(frozen=True, slots=True)
class Case:
    """What the coach knows of a run beside its events.

    Attributes:
        signs: How the curves of its method are read.
        settings: What it trains with: every setting of the method.
        cards: The settings that can change while it trains, by name.
        paired: Whether its pictures are pairs.
        few_on_purpose: Domains that hold few pictures because that is the idea.
        batch: Pictures of each domain in one step.
    """

    signs: Signs
    settings: Mapping[str, Value] = field(default_factory=dict)
    cards: Mapping[str, SettingCard] = field(default_factory=dict)
    paired: bool = False
    few_on_purpose: frozenset[str] = frozenset()
    batch: int = 1

    @classmethod
    def of(
        cls,
        settings: MethodSettings,
        signs: Signs,
        changeable: frozenset[str],
        needs: Needs = Needs.TWO_FOLDERS,
        inventory: Inventory | None = None,
        *,
        batch: int = 1,
    ) -> Case:
        """The case of a method with these settings, of which these can change, and what it found in its folders."""
        cards = {card.name: card for card in describe(type(settings))}
        values = {name: getattr(settings, name) for name in cards}
        # The first folder of those that learn from few labels.
        few = {domain.name for domain in inventory.domains[:1]} if inventory and needs is Needs.FEW_LABELS else set()
        able = {name: card for name, card in cards.items() if name in changeable}
        paired = needs is Needs.PAIRS
        return cls(signs, values, able, paired=paired, few_on_purpose=frozenset(few), batch=batch)

    def now(self, changes: Mapping[str, Value]) -> Case:
        """The case when these settings have changed since."""
        return replace(self, settings={**self.settings, **changes})

    def wanted(self, pictures: Mapping[str, int]) -> dict[str, int]:
        """Pictures by domain, without those that are few on purpose."""
        return {name: count for name, count in pictures.items() if name not in self.few_on_purpose}

    def offered(self, *remedies: Remedy | None) -> tuple[Remedy, ...]:
        """Those that there are, each deed once."""
        found: list[Remedy] = []
        for remedy in remedies:
            if remedy is not None and all((remedy.deed, remedy.settings) != (r.deed, r.settings) for r in found):
                found.append(remedy)
        return tuple(found)

    def times(self, title: str, name: str, factor: float) -> Remedy | None:
        """Multiply a setting; None when the method has none of this name, it cannot change, or is at its end."""
        value, card = self.settings.get(name), self.cards.get(name)
        if card is None or card.type != "float" or isinstance(value, (bool, str)) or not value:
            return None
        wanted = float(f"{value * factor:.3g}")
        low = SMALLEST_RATE if name == "learning_rate" else card.low
        wanted = min(max(wanted, low if low is not None else wanted), card.high if card.high is not None else wanted)
        return None if wanted == value else Remedy(title, "change", {name: wanted})

    def slower(self, title: str = "Learn more carefully") -> Remedy | None:
        """Halve the learning rate."""
        return self.times(title, "learning_rate", 0.5)

    def weaker_discriminator(self) -> Remedy | None:
        """Slow the discriminators alone where that can be."""
        return self.times("Slow the discriminator", "discriminator_rate", 0.5)

    def more_variety(self) -> Remedy | None:
        """Show the discriminators changed pictures, so that they cannot learn them by heart."""
        if "augment" not in self.cards or self.settings.get("augment") != "none":
            return None
        return Remedy("Show the discriminator more variety", "change", {"augment": "gentle"})

    def firmer_colours(self) -> Remedy | None:
        """Leave colours alone more firmly."""
        card = self.cards.get("identity")
        if card is not None and card.type == "float" and not self.settings.get("identity"):
            return Remedy("Hold the colours", "change", {"identity": 0.5})
        return self.times("Hold the colours", "identity", 2)
