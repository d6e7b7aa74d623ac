"""Every test that asks for `kind` runs once for each method of the catalogue."""

import pytest

from ganstudio.methods import CATALOGUE


@pytest.fixture(params=CATALOGUE, ids=lambda method: method.key)
def kind(request):
    return request.param
