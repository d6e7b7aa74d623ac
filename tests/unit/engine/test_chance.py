import contextlib

import pytest
import torch

from ganstudio.engine.chance import untouched

DEVICES = ["cpu", "meta", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize("device", DEVICES)
def test_what_is_drawn_in_between_leaves_no_trace(device):
    torch.manual_seed(3)
    wanted, wanted_there = torch.rand(4), torch.rand(4, device=device)
    torch.manual_seed(3)
    with contextlib.suppress(ZeroDivisionError), untouched(torch.device(device)):
        torch.rand(7)
        torch.rand(7, device=device)
        torch.manual_seed(8)
        raise ZeroDivisionError
    assert torch.equal(torch.rand(4), wanted)
    assert device == "meta" or torch.equal(torch.rand(4, device=device), wanted_there)
