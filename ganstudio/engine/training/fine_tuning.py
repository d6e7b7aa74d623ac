"""Fine-tuning: a new run that begins with the generators of a model, imported or trained here.

A model holds what makes pictures. Its discriminators are new, unless they were imported with it, and would spoil good
generators with bad advice; so for the first steps, the setting `discriminators_first`, the generators that came with
the model rest while everything new learns. All this stands in the run's first checkpoint, of step 0, so that the run
resumes as any other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ganstudio import methods
from ganstudio.engine.chance import Chance
from ganstudio.engine.models import checkpoint, modelfile, sealed
from ganstudio.engine.training import changing, planning
from ganstudio.engine.training.descent import Descending
from ganstudio.game import AdversarialSettings, Method
from ganstudio.pictures.survey import inventory, survey
from ganstudio.runs.model import card, model_file
from ganstudio.runs.origin import Origin, begun, check_free
from ganstudio.runs.run import Run
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import Inventory
from ganstudio.words.works import finished

WARM_UP = 500
"""Steps after which new discriminators tell real from made well enough; never more than a tenth of a run."""


def plan(model: Path, domains: Sequence[Domain], **wishes: Any) -> Recipe:
    """A recipe for the networks of `model` on these folders.

    Args:
        model: A model file.
        domains: One for each folder, in the order of the model's own.
        wishes: As `planning.plan` takes them; size and settings are the model's where they are not among them, so
            that a preset decides steps, batch and averages, and `discriminators_first` is chosen where it is not.

    Raises:
        ValueError: Not a model, or what is asked does not fit.
    """
    held = _held(model)
    kind = methods.find(held.recipe.method)
    # A preset's rates are for weights that know nothing yet; averages do good anywhere.
    known = dataclasses.asdict(changing.settings(held.recipe, {}))
    kept = {name: value for name, value in known.items() if name != "average" or value}
    asked = dict(wishes.pop("settings", None) or {})
    settings = {**kept, **asked}
    size = wishes.pop("size", None) or held.recipe.size
    planned = planning.plan(kind.key, domains, size=size, settings=settings, **wishes)
    if issubclass(kind.Settings, AdversarialSettings) and "discriminators_first" not in asked:
        kept = {name: value for name, value in planned.settings.items() if name != "discriminators_first"}
        steps = 0 if held.judged() else min(WARM_UP, planned.steps // 10)
        planned = dataclasses.replace(planned, settings=kept | ({"discriminators_first": steps} if steps else {}))
    return planned


def begin(model: Path, path: Path, recipe: Recipe) -> Run:
    """A new run in `path` that begins with the weights of `model`; it is there whole or not at all.

    What the model does not hold, such as discriminators or the way back, begins fresh, as the recipe's seed decides.

    Raises:
        ValueError: There is something in `path`, or the recipe has other networks than the model.
        OSError: The disk is full or cannot be written.
    """
    check_free(path)
    held, chance = _held(model), Chance(recipe.seed, torch.device("cpu"))
    if held.recipe.method != recipe.method:
        raise ValueError(f"{model.name} is a model of {methods.find(held.recipe.method).title}, which stays.")
    found = _found(recipe, held.inventory)
    with chance:
        method = modelfile.build_method(recipe, found)
    brought = held.give(method)
    state = Descending(method, recipe.steps).state() | chance.state()
    with begun(path, recipe, Origin(str(model.absolute()), held.name, held.step)) as run:
        if found.domains[0].words:  # The model knows these and no others.
            run.keep_inventory(found)
        checkpoint.save(run, 0, state, {"brought": brought})
    return Run.open(path)


@dataclasses.dataclass(frozen=True, slots=True)
class _Held:
    """What a model holds.

    Attributes:
        name: The artist's name for it.
        recipe: What makes its networks.
        inventory: Its domains.
        step: Steps it was trained.
        makers: Its generators by name, without those that it does not hold.
        others: Weights of discriminators, by their names in the method.
    """

    name: str
    recipe: Recipe
    inventory: Inventory
    step: int
    makers: Mapping[str, nn.Module]
    others: Mapping[str, Tensor]

    def judged(self) -> bool:
        """Whether all its discriminators came with it."""
        method = modelfile.shape_of(self.recipe, self.inventory)
        discriminators = {
            id(weight) for discriminator in method.discriminators() for weight in discriminator.parameters()
        }
        return all(name in self.others for name, weight in method.named_parameters() if id(weight) in discriminators)

    def give(self, method: Method) -> list[str]:
        """Put the weights into a method of the same networks; the names of its makers that have them.

        Raises:
            ValueError: It has other networks.
        """
        makers = method.makers()
        for name, network in self.makers.items():
            if _shapes(makers[name].state_dict()) != _shapes(network.state_dict()):
                raise ValueError(
                    f"These settings make other networks than {self.name} has. Leave out those that say how deep, how "
                    "wide and of what kind they are."
                )
            makers[name].load_state_dict(network.state_dict())
        state = method.state_dict()
        fitting = {name: value for name, value in self.others.items() if name in state}
        if _shapes(fitting) == _shapes({name: state[name] for name in fitting}):
            method.load_state_dict(fitting, strict=False)
        return list(self.makers)


def _held(model: Path) -> _Held:
    method, recipe, found, step = modelfile.open_method(model)
    makers = {name: net for name, net in method.makers().items() if not isinstance(net, modelfile.Absent)}
    others: dict[str, Tensor] = {}
    if model.is_file():
        tensors, _ = sealed.read(model_file(model))
        others = {name: value for name, value in tensors.items() if name.partition(".")[0] not in method.makers()}
    return _Held(card(model).name, recipe, found, step, makers, others)


def _found(recipe: Recipe, known: Inventory) -> Inventory:
    """What lies in the recipe's folders, told by the words that the model knows."""
    looking = survey(recipe.domains, methods.find(recipe.method).needs, known.domains[0].words)
    return inventory(finished(looking))


def _shapes(state: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in state.items()}
