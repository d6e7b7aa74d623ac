import time

from ganstudio.pictures.parallel import several_at_once


def test_work_is_done_several_at_once_in_order_and_can_be_left_in_the_middle():
    begun = []

    def work(number):
        begun.append(number)
        time.sleep(0.001 * (number % 3))
        return number * number

    assert list(several_at_once(work, range(40))) == [number * number for number in range(40)]
    begun.clear()
    working = several_at_once(work, range(1000))
    assert next(working) == 0
    working.close()
    assert len(begun) < 40
