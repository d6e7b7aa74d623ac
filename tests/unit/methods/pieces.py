"""Turns that are told in pieces, put together."""

from ganstudio.game import Turn


def played(method, batch, progress=0.0):
    """The turns of one step, each with the sum of its pieces' losses, without a graph."""
    turns, losses, terms = [], {}, {}
    for turn in method.turns(batch, progress):
        losses |= {player: losses.get(player, 0) + loss.detach() for player, loss in turn.losses.items()}
        terms |= {name: terms.get(name, 0) + term for name, term in turn.terms.items()}
        if not turn.more:
            turns.append(Turn(losses, terms))
            losses, terms = {}, {}
    return turns
