import torch
from torch import nn

from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.resting import Resting
from ganstudio.game import AdversarialSettings, Batch, Descent, Method, Turn
from ganstudio.words.routes import Needs


def test_a_network_that_rests_keeps_weights_and_statistics_and_is_used_as_before():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    resting, pictures = Resting([network]), torch.randn(2, 3, 8, 8)
    awake = network(pictures)
    assert not torch.equal(network[1].running_mean, before["1.running_mean"])
    network.load_state_dict(before)
    resting.begin(resting=True)
    assert torch.equal(network(pictures), awake)
    assert resting.awake(list(network.parameters())) == []
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    resting.begin(resting=False)
    assert len(resting.awake(list(network.parameters()))) == 4
    network(pictures)
    assert network[1].num_batches_tracked == before["1.num_batches_tracked"] + 1


class Trio(Method):
    """Three players who move at once, from one graph; y and z paint."""

    key, title, sentence, task, needs, presets = "trio", "", "", "", Needs.FOLDER, {}

    def __init__(self, discriminators_first):
        super().__init__()
        self.settings = AdversarialSettings(discriminators_first=discriminators_first)
        self.x, self.y, self.z = (nn.Linear(1, 1) for _ in "xyz")

    def players(self):
        return {"x": (self.x,), "y": (self.y,), "z": (self.z,)}

    def makers(self):
        return {"y": self.y, "z": self.z}

    def descent(self, player):
        return Descent(rate=0.1, constant=1.0)

    def turns(self, batch, progress):
        sum_of_all = self.x(torch.ones(1)) + self.y(torch.ones(1)) + self.z(torch.ones(1))
        loss = (sum_of_all - 9).square().sum()
        yield Turn({"x": loss, "y": loss, "z": loss})

    def routes(self):
        return ()

    def make(self, route, x, condition=None):
        return x


def moved(method, steps, **more):
    before = {name: value.clone() for name, value in method.state_dict().items()}
    descending = Descending(method, 9, **more)
    for step in range(steps):
        descending.step(Batch((torch.zeros(1, 3, 4, 4),)), step)
    return "".join(name[0] for name, value in method.state_dict().items() if not torch.equal(value, before[name]))


def test_generators_rest_until_the_discriminators_are_warm_and_then_all_move():
    assert moved(Trio(2), 2) == "xx"
    assert moved(Trio(2), 3) == "xxyyzz"
    assert moved(Trio(0), 1) == "xxyyzz"


def test_where_some_came_with_a_model_only_those_rest():
    assert moved(Trio(2), 2, brought=("y",)) == "xxzz"
    assert moved(Trio(2), 2, brought=("z",)) == "xxyy"
