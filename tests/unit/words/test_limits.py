"""The memory that decoded pictures may fill."""

import pytest

from ganstudio.words.limits import picture_memory


@pytest.mark.parametrize(
    ("said", "heard"), [("2000000000", 2_000_000_000), ("", None), ("0", None), ("-5", None), ("2GB", None)]
)
def test_only_a_positive_number_of_bytes_counts(monkeypatch, said, heard):
    monkeypatch.setenv("GANSTUDIO_PICTURE_MEMORY", said)
    assert picture_memory() == heard
