"""Commands go through a file as they are."""

import pytest

from ganstudio.words import commands
from ganstudio.words.events import Change, Keep, Pause, Resume, Return, Sample, Save, Stop


@pytest.mark.parametrize(
    "command",
    [
        Stop(),
        Save(),
        Sample(),
        Pause(),
        Resume(),
        Keep("good"),
        Return(),
        Return(7),
        Change((("cycle", 5.0), ("fit", "cover"))),
    ],
)
def test_every_command_survives_a_line(command):
    line = commands.to_json(command, at=1.5)
    assert "\n" not in line
    assert commands.from_json(line) == command


@pytest.mark.parametrize(
    "line", ["", "{}", '{"command": "fly"}', '{"command": "keep"}', "[1]", '{"command": "change"}']
)
def test_what_is_none_is_a_fault(line):
    with pytest.raises(ValueError, match="Not a command"):
        commands.from_json(line)
