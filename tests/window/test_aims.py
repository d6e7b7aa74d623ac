"""What an artist wants of a method, and which method fits the folders."""

import pytest

from ganstudio.window import jobs
from ganstudio.window.aims import Aim, aim_of, best, by_aim, is_counted, lacking, wanting
from ganstudio.window.parts.method_picture import DRAWINGS
from ganstudio.words.cards import MethodCard
from ganstudio.words.routes import Needs


def card(key, task, needs):
    return MethodCard(key, key, "", task, needs, (), {})


CARDS = (
    card("both-ways", "two-way translation", Needs.TWO_FOLDERS),
    card("one-way", "one-way translation", Needs.TWO_FOLDERS),
    card("many", "N-way translation", Needs.MANY_FOLDERS),
    card("pairs", "paired translation", Needs.PAIRS),
    card("twins", "generation", Needs.TWO_FOLDERS),
    card("plain", "generation", Needs.FOLDER),
    card("rebuild", "reconstruction and generation", Needs.FOLDER),
    card("label", "conditional generation", Needs.CLASSES),
    card("text", "conditional generation", Needs.CAPTIONS),
    card("larger", "super-resolution", Needs.FOLDER),
    card("sort", "classification from few labels", Needs.FEW_LABELS),
)
UNSURE = {card.key for card in CARDS if not is_counted(card.needs)}


def refused(folders, *more):
    return {card.key for card in CARDS if wanting(card.needs, folders)} | set(more)


@pytest.mark.parametrize(
    ("task", "needs", "aim"),
    [
        ("two-way translation", Needs.TWO_FOLDERS, Aim.TRANSLATE),
        ("refinement", Needs.TWO_FOLDERS, Aim.TRANSLATE),
        ("generation", Needs.TWO_FOLDERS, Aim.GENERATE),
        ("super-resolution", Needs.FOLDER, Aim.ENLARGE),
        ("something new", Needs.FOLDER, Aim.GENERATE),
        ("something new", Needs.CAPTIONS, Aim.ASK),
        ("something new", Needs.PAIRS, Aim.PAIRS),
        ("something new", Needs.FEW_LABELS, Aim.CLASSIFY),
        ("something new", Needs.MANY_FOLDERS, Aim.TRANSLATE),
    ],
)
def test_a_task_and_what_it_learns_from_tell_what_it_is_for(task, needs, aim):
    assert aim_of(card("x", task, needs)) is aim


def test_every_aim_has_a_title_and_every_need_an_aim():
    assert all(aim.title and aim.sentence for aim in Aim)
    assert all(aim_of(card("x", "new", needs)) in Aim for needs in Needs)
    assert all(lacking(needs).endswith(".") for needs in Needs)


@pytest.mark.parametrize(
    ("folders", "lacks", "key"),
    [
        (2, ("pairs", "sort"), "both-ways"),
        (2, (), "both-ways"),
        (3, (), "many"),
        (1, ("label", "text", "pairs"), "plain"),
        (1, ("text", "pairs"), "label"),
        (1, ("label", "pairs"), "text"),
        (1, ("label", "text"), "plain"),
        (0, (), None),
    ],
)
def test_the_folders_choose_the_method_to_begin_with(folders, lacks, key):
    assert best(CARDS, folders, refused(folders, *lacks), ()) == key


def test_a_method_is_chosen_before_someone_has_looked_only_if_looking_cannot_change_it():
    assert best(CARDS, 2, refused(2), UNSURE) == "both-ways"
    assert best(CARDS, 3, refused(3), UNSURE) == "many"
    assert best(CARDS, 1, refused(1), UNSURE) is None


def test_none_is_begun_with_that_leaves_out_more_folders_than_must_be():
    two = {card.key for card in CARDS if card.needs in {Needs.TWO_FOLDERS, Needs.MANY_FOLDERS}}
    assert best(CARDS, 2, two | {"pairs", "sort"}, ()) is None
    assert best([card for card in CARDS if card.key == "plain"], 2, (), ()) == "plain"


def test_what_fits_comes_first():
    aims = [aim for aim, _ in by_aim(CARDS, 1, refused(1, "label", "text", "pairs"))]
    assert aims[:2] == [Aim.GENERATE, Aim.ENLARGE]
    group = dict(by_aim(CARDS, 2, {"both-ways"}))[Aim.TRANSLATE]
    assert [card.key for card in group] == ["one-way", "many", "both-ways"]


def test_what_takes_more_of_the_folders_comes_first():
    group = dict(by_aim(CARDS, 3))[Aim.TRANSLATE]
    assert [card.key for card in group] == ["many", "both-ways", "one-way"]
    assert [card.key for card in dict(by_aim(CARDS, 2))[Aim.GENERATE]] == ["twins", "plain", "rebuild"]


def test_the_aim_of_the_best_comes_before_others_that_fit():
    assert by_aim(CARDS, 1, refused(1, "text", "pairs"))[0][0] is Aim.ASK
    assert by_aim(CARDS, 2, refused(2))[0][0] is Aim.TRANSLATE


def test_no_method_is_lost_in_the_groups():
    grouped = [card.key for _, cards in by_aim(CARDS, 2, refused(2)) for card in cards]
    assert sorted(grouped) == sorted(card.key for card in CARDS)


@pytest.mark.parametrize(
    ("needs", "folders", "sentence"),
    [
        (Needs.TWO_FOLDERS, 2, ""),
        (Needs.PAIRS, 1, ""),
        (Needs.MANY_FOLDERS, 5, ""),
        (Needs.TWO_FOLDERS, 1, "Needs a second folder of pictures."),
        (Needs.FEW_LABELS, 1, "Needs a second folder, of pictures without a class."),
        (Needs.TWO_FOLDERS, 0, "Needs two folders of pictures."),
        (Needs.FOLDER, 0, "Needs one folder of pictures."),
        (Needs.FOLDER, 2, ""),
        (Needs.TWO_FOLDERS, 12, ""),
        (Needs.MANY_FOLDERS, 27, ""),
    ],
)
def test_what_is_wanting_is_said_in_a_sentence(needs, folders, sentence):
    assert wanting(needs, folders) == sentence


@pytest.fixture(scope="module")
def catalogue():
    job = jobs.catalogue()
    next(job)
    with pytest.raises(StopIteration) as end:
        next(job)
    return end.value.value


def test_the_methods_there_are_begin_as_an_artist_expects(catalogue):
    special = {card.key for card in catalogue if card.needs in {Needs.CLASSES, Needs.CAPTIONS, Needs.PAIRS}}

    def first(folders, fitting=()):
        wants = {card.key for card in catalogue if wanting(card.needs, folders)}
        return best(catalogue, folders, wants | (special - set(fitting)), ())

    assert first(2) == "cyclegan"
    assert first(3) == "combogan"
    assert first(1) == "dcgan"
    assert first(1, ["conditional-gan"]) == "conditional-gan"
    assert first(1, ["text-gan"]) == "text-gan"


def test_every_method_there_is_has_a_drawing_and_no_drawing_is_of_one_that_is_gone(catalogue):
    assert {card.key for card in catalogue} == set(DRAWINGS)
    assert {aim_of(card) for card in catalogue} == set(Aim)
