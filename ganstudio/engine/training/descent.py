"""Descent: plays one step of a method and moves its players; owns optimizers, precision and averaged weights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

import torch
from torch import Tensor, nn

from ganstudio.engine import devices
from ganstudio.engine.chance import untouched
from ganstudio.engine.training.alarm import Alarm
from ganstudio.engine.training.holes import Holes
from ganstudio.engine.training.recomputing import blocks, recomputed
from ganstudio.engine.training.resting import Resting
from ganstudio.engine.training.sharing import Share, own_chance, shared
from ganstudio.engine.training.thrift import WHOLE, Thrift, divided
from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Turn
from ganstudio.networks.augment import changed_for


def factor(descent: Descent, step: int, steps: int) -> float:
    """Share of the learning rate at `step` of `steps`: 1 for the constant part, then linearly towards 0; and `late`.

    Source: CycleGAN's schedule, 1 - max(0, e - E) / (E' + 1), counted in steps instead of epochs.
    """
    constant = int(steps * descent.constant)
    begins, share = descent.late
    late = share if step / steps >= begins else 1.0
    return late * (1.0 - max(0, step + 1 - constant) / (steps - constant + 1))


class Descending:
    """Everything of a run that moves, but for the data.

    Args:
        method: On its device, in training mode.
        steps: Length of the run, for the schedule.
        bf16: Compute networks in bfloat16 where autocast finds it safe; weights and losses stay float32.
        thrift: How to play a step with less memory.
        brought: Artists that came with a model; they alone rest while the run warms up, or all when there are none.
        share: Which pictures of a batch it is given; None for all.

    Attributes:
        alarm: Watches the losses of every step.
    """

    def __init__(
        self,
        method: Method,
        steps: int,
        *,
        bf16: bool = False,
        thrift: Thrift = WHOLE,
        brought: Collection[str] = (),
        share: Share | None = None,
    ) -> None:
        self.method = method
        self._steps = steps
        self._bf16, self._spilled = bf16, thrift.spilled
        self._blocks = blocks(method) if thrift.recomputed else ()
        self._parts = share.parts(thrift.parts) if share else thrift.parts
        self._share = share.part(self._parts) if share else None
        self._device = next(method.parameters()).device
        self._holes = Holes() if self._device.type == "cpu" else None
        method.together = self._device.type != "cpu"
        self._parameters = {
            player: [parameter for network in networks for parameter in network.parameters()]
            for player, networks in method.players().items()
        }
        self._descents = {player: method.descent(player) for player in self._parameters}
        self._optimizers = {
            player: self._optimizer(parameters, self._descents[player])
            for player, parameters in self._parameters.items()
        }
        self._resting = Resting(
            [network for name, network in method.makers().items() if not brought or name in brought]
        )
        self.alarm = Alarm(self._device)
        self._average: float = method.settings.average
        self._averages = {name: value.clone() for name, value in _made_with(method)} if self._average else {}

    def _optimizer(self, parameters: list[nn.Parameter], descent: Descent) -> torch.optim.Adam:
        fused = self._device.type in {"cpu", "cuda"}
        return torch.optim.Adam(
            parameters, lr=descent.rate, betas=descent.betas, weight_decay=descent.decay, fused=fused
        )

    def step(self, batch: Batch, step: int) -> dict[str, Tensor]:
        """Play one step to its end. Returns its curves, () tensors that are still on the device."""
        with devices.stepping():
            return self._played(batch, step)

    def _played(self, batch: Batch, step: int) -> dict[str, Tensor]:
        terms: dict[str, Tensor] = {}
        for player, optimizer in self._optimizers.items():
            descent = self._descents[player]
            optimizer.param_groups[0]["lr"] = descent.rate * factor(descent, step, self._steps)
        settings = self.method.settings
        self._resting.begin(resting=isinstance(settings, AdversarialSettings) and step < settings.discriminators_first)
        batches = divided(_laid_out(batch), self.method.draws, self._parts)
        games = [self.method.turns(part, step / self._steps) for part in batches]
        told: list[tuple[str, Tensor]] = []
        while (turn := self._turn(games)) is not None:
            self._move(turn.losses)
            told += turn.losses.items()
            terms |= turn.terms
        self.alarm.note(step, told)
        self._move_averages(step)
        return terms

    def rehearse(self, batch: Batch, step: int) -> dict[str, Tensor]:
        """Play a step of which nothing stays: nobody moves, and chance, pools and statistics are put back.

        Returns:
            The losses and the lengths of the gradients, () tensors on the device, by player and turn.
        """
        weights = {name for name, _ in self.method.named_parameters()}
        state = {name: value for name, value in self.method.state_dict().items() if name not in weights}
        before = {name: value.clone() for name, value in state.items()}
        found: dict[str, Tensor] = {}
        try:
            with untouched(self._device), devices.stepping():
                games = [self.method.turns(_laid_out(batch), step / self._steps)]
                while (turn := self._turn(games)) is not None:
                    for player, loss in turn.losses.items():
                        gradients = [weight.grad for weight in self._parameters[player] if weight.grad is not None]
                        found[f"{player} loss {len(found)}"] = loss
                        found[f"{player} gradient {len(found)}"] = nn.utils.get_total_norm(gradients)
                        self._optimizers[player].zero_grad(set_to_none=True)
        finally:
            self.method.load_state_dict(before, strict=False)
            for optimizer in self._optimizers.values():
                optimizer.zero_grad(set_to_none=True)
        return found

    def _turn(self, games: Sequence[Iterator[Turn]]) -> Turn | None:
        """Play the next turn of all games, one for each part of the batch, and leave the gradient of their mean loss.

        A part's graph is gone before the next one is built, which is what parts are for.

        Returns:
            The means of losses and terms, without a graph; None after the last turn.
        """
        turns = [self._whole(game, 1 / len(games)) for game in games]
        played = [turn for turn in turns if turn is not None]
        if not played:
            return None
        if len(played) > 1:
            played = [Turn(_mean([turn.losses for turn in played]), _mean([turn.terms for turn in played]))]
        return played[0] if self._share is None else self._agreed(played[0], self._share)

    def _whole(self, game: Iterator[Turn], share: float) -> Turn | None:
        """Play all pieces of one turn, adding `share` of their gradients; what it gives is without a graph."""
        losses: dict[str, Tensor] = {}
        terms: dict[str, Tensor] = {}
        more = True
        while more:
            with self._playing():
                turn = next(game, None)
            if turn is None:
                assert not losses, "after a piece comes another"
                return None
            if self._holes is not None and not turn.more:
                # Most is in use here: what the last piece remembers, beside gradients of all that came before.
                self._holes.give_back()
            self._pull(turn.losses, share)
            losses = _added(losses, {player: loss.detach() for player, loss in turn.losses.items()})
            terms = _added(terms, turn.terms)
            more = turn.more
        return Turn(losses, terms)

    def _agreed(self, turn: Turn, share: Share) -> Turn:
        """Make this rank's gradients those of the whole batch, and its numbers, too."""
        gradients = [
            parameter.grad
            for player in turn.losses
            for parameter in self._parameters[player]
            if parameter.grad is not None
        ]
        numbers = torch.stack([number.detach().float() for number in (*turn.losses.values(), *turn.terms.values())])
        means = iter(share.ranks.mean(gradients, numbers, share.weight))
        losses = dict(zip(turn.losses, means, strict=False))
        return Turn(losses, dict(zip(turn.terms, means, strict=True)))

    @contextmanager
    def _playing(self) -> Iterator[None]:
        """What a method plays under: its precision, changed pictures for its discriminators, where its graph lies."""
        settings = self.method.settings
        strength = settings.augment if isinstance(settings, AdversarialSettings) else "none"
        with ExitStack() as stack:
            if self._bf16:
                stack.enter_context(torch.autocast(self._device.type, torch.bfloat16))
            stack.enter_context(changed_for(self.method.discriminators(), strength, self.method.alike))
            if self._share is not None:
                stack.enter_context(shared(self.method, self._share))
            if self._blocks:
                stack.enter_context(recomputed(self._blocks, self._again))
            if self._spilled:
                stack.enter_context(torch.autograd.graph.save_on_cpu())
            yield

    def _again(self) -> AbstractContextManager[None]:
        """What blocks are computed under for the second time, beside what they find by themselves."""
        return nullcontext() if self._share is None else own_chance(self._share)

    def _pull(self, losses: Mapping[str, Tensor], share: float) -> None:
        """Add the gradients of `share` of these losses to their players'."""
        moving = {player: self._resting.awake(self._parameters[player]) for player in losses}
        last = next((player for player in reversed(moving) if moving[player]), None)
        for player, loss in losses.items():
            if not moving[player]:
                continue
            part = loss if share == 1 else loss * share
            part.backward(inputs=moving[player], retain_graph=player != last)

    def _move(self, players: Iterable[str]) -> None:
        for player in players:
            if clip := self._descents[player].clip:
                nn.utils.clip_grad_norm_(self._parameters[player], clip)
            self._optimizers[player].step()
            # At once, so that the next graph does not grow beside gradients that nobody needs any more.
            self._optimizers[player].zero_grad(set_to_none=True)

    def take_on(self, settings: MethodSettings) -> None:
        """Play on by these settings, which build the same networks."""
        self.method.take_on(settings)
        for player, optimizer in self._optimizers.items():
            descent = self._descents[player] = self.method.descent(player)
            optimizer.param_groups[0] |= {"betas": descent.betas, "weight_decay": descent.decay}
        if bool(settings.average) != bool(self._average):
            self._averages = (
                {name: value.clone() for name, value in _made_with(self.method)} if settings.average else {}
            )
        self._average = settings.average

    @torch.no_grad()
    def _move_averages(self, step: int) -> None:
        if not self._averages:
            return
        # A young average would still hold the random start, so it begins short and grows to its full memory.
        decay = min(self._average, (1 + step) / (10 + step))
        moving: list[tuple[Tensor, Tensor]] = []
        fixed: list[tuple[Tensor, Tensor]] = []
        for name, value in _made_with(self.method):
            (moving if value.is_floating_point() else fixed).append((self._averages[name], value))
        torch._foreach_lerp_([average for average, _ in moving], [value for _, value in moving], 1 - decay)
        for average, value in fixed:
            average.copy_(value)

    @contextmanager
    def averaged(self) -> Iterator[Method]:
        """The method in evaluation mode with its averaged weights, for as long as the block lasts."""
        self.method.eval()
        swapped = [(value, self._averages[name]) for name, value in _made_with(self.method) if name in self._averages]
        for value, average in swapped:
            value.data, average.data = average.data, value.data
        try:
            yield self.method
        finally:
            for value, average in swapped:
                value.data, average.data = average.data, value.data
            self.method.train()

    def state(self) -> dict[str, Tensor]:
        """Networks, optimizers, pools and averages, by flat names."""
        state = {f"method.{name}": value for name, value in self.method.state_dict().items()}
        for player, optimizer in self._optimizers.items():
            for index, moments in optimizer.state_dict()["state"].items():
                state |= {f"optimizer.{player}.{index}.{name}": value for name, value in moments.items()}
        return state | {f"average.{name}": value for name, value in self._averages.items()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take back what `state` gave; exact.

        Raises:
            ValueError: It belongs to other networks.
        """
        try:
            self.method.load_state_dict(_below("method", state))
        except RuntimeError as error:
            raise ValueError("The checkpoint belongs to a run with other networks.") from error
        for player, optimizer in self._optimizers.items():
            table = optimizer.state_dict()
            table["state"] = {}
            for name, value in _below(f"optimizer.{player}", state).items():
                index, moment = name.split(".")
                table["state"].setdefault(int(index), {})[moment] = value
            optimizer.load_state_dict(table)
        for name, value in _below("average", state).items():
            self._averages[name].copy_(value)


def _laid_out(batch: Batch) -> Batch:
    """The same pictures with channels last, the layout in which convolutions are quickest; it goes on through them.

    Points of a line or a plane, (N, C), are left as they are.
    """
    images = tuple(
        image.contiguous(memory_format=torch.channels_last) if image.dim() == 4 else image for image in batch.images
    )
    return Batch(images, batch.labels, batch.captions)


def _added(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Both tables, and the sum where a name is in both."""
    return {**one, **{name: one[name] + value if name in one else value for name, value in other.items()}}


def _mean(tables: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    return {name: torch.stack([table[name] for table in tables]).mean(0) for name in tables[0]}


def _made_with(method: Method) -> Iterator[tuple[str, Tensor]]:
    """What `make` uses: (name, parameter or buffer) of every maker."""
    for maker, network in method.makers().items():
        for name, value in _tensors(network):
            yield f"{maker}.{name}", value


def _tensors(network: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from network.named_parameters()
    yield from network.named_buffers()


def _below(prefix: str, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name[len(prefix) + 1 :]: value for name, value in state.items() if name.startswith(f"{prefix}.")}
