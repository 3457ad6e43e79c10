"""A record's time: what a process reads or makes once, at its first use, is not spent by the record that came first."""

from __future__ import annotations

import time

import pytest

from maskgate_detectors.freetext import listed
from maskgate_detectors.model.registry import PREPARING, Compiled, Preparing, load
from maskgate_detectors.text.detect import Budget, TimeIsUp


def test_the_first_record_does_not_pay_for_the_lists_of_names() -> None:
    """They take half a second and more; a short text has 50 ms."""
    listed._words.cache_clear()
    budget = Budget(0.05)
    assert listed.is_dictionary_word("table")
    budget.check()
    began = time.thread_time()
    while time.thread_time() - began < 0.1:
        pass
    with pytest.raises(TimeIsUp):
        budget.check()


def test_what_is_prepared_inside_is_counted_once() -> None:
    """A rule's first sample may be what reads the lists."""
    preparing, began = Preparing(), time.perf_counter()
    with preparing.measured(), preparing.measured():
        time.sleep(0.05)
    assert 0.05 <= preparing.seconds <= time.perf_counter() - began


def test_waiting_while_something_is_prepared_gives_a_record_no_cpu_time() -> None:
    """On a busy machine a list takes seconds by the clock and little of the CPU; only that little is given back."""
    budget = Budget(0.05)
    with PREPARING.measured():
        time.sleep(0.3)
    began = time.thread_time()
    while time.thread_time() - began < 0.1:
        pass
    with pytest.raises(TimeIsUp):
        budget.check()


def test_the_first_record_does_not_pay_for_the_programs_of_a_rule() -> None:
    """RE2 makes a part of a large program when it is first asked; that is no record's time either."""
    rule = Compiled(next(rule for rule in load() if rule.id == "name-small-letters"), 0)
    began = time.thread_time()
    rule.prepare()
    prepared = time.thread_time()
    list(rule.spans(b"write to somebody at some place now"))
    assert time.thread_time() - prepared < 0.03 * (prepared - began)
