"""Tasks on threads: no more than asked for, stopped by the first error, behind a bar if long."""

import os
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from featsim._workers import check_workers, processors, run_tasks, wants_bar


@pytest.mark.parametrize("workers", [1, 3])
def test_as_many_threads_as_asked_for(workers):
    together = threading.Barrier(workers, timeout=30)
    threads, done = set(), []

    def task(i, j):
        together.wait()  # until as many tasks run as there are workers
        threads.add(threading.get_ident())
        done.append((i, j))

    tasks = [(i, j) for i in range(3) for j in range(3)]
    run_tasks(task, tasks, workers=workers, progress=False)
    assert len(threads) == workers
    assert sorted(done) == tasks


def test_the_first_error_stops_the_rest():
    done = []

    def task(i):
        time.sleep(0.01)
        if i == 2:
            raise ValueError("task 2")
        done.append(i)

    with pytest.raises(ValueError, match="task 2"):
        run_tasks(task, [(i,) for i in range(100)], workers=2, progress=False)
    time.sleep(1.0)  # time enough for all of them, if they went on
    assert len(done) < 50


def test_a_bar_when_the_work_is_long(capsys):
    run_tasks(lambda: time.sleep(0.3), [()] * 5, workers=1, progress=True)
    assert "/5" in capsys.readouterr().err


def test_no_bar_when_it_is_short_or_nobody_looks(capsys, monkeypatch):
    run_tasks(lambda: time.sleep(1.1), [()] * 2, workers=2, progress=None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run_tasks(lambda: None, [()] * 5, workers=1, progress=None)
    assert capsys.readouterr().err == ""


def test_a_worker_for_each_processor_unless_told():
    assert check_workers(None) == processors() >= 1
    assert check_workers(3) == 3


def test_of_several_errors_the_first_in_order_is_raised():
    together = threading.Barrier(4, timeout=30)

    def fail(i):
        together.wait()  # until all have begun
        time.sleep(0.02 * (4 - i))  # the last one fails first
        raise ValueError(f"task {i}")

    with pytest.raises(ValueError, match="task 0"):
        run_tasks(fail, [(i,) for i in range(4)], workers=4, progress=False)


@pytest.mark.parametrize(
    ("terminal", "shell", "wanted"),
    [
        (False, None, False),
        (True, None, True),
        (False, SimpleNamespace(), False),
        (False, SimpleNamespace(kernel=None), True),
    ],
)
def test_a_bar_where_somebody_looks_unless_told(monkeypatch, terminal, shell, wanted):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert [wants_bar(told) for told in (None, True, False)] == [wanted, True, False]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="threads cannot be placed here")
def test_threads_that_take_all_processors_have_one_each(monkeypatch):
    allowed = os.sched_getaffinity(0)

    def places(workers, count):
        together, found = threading.Barrier(workers, timeout=30), []

        def task(i):
            together.wait()
            found.append(os.sched_getaffinity(0))

        run_tasks(task, [(i,) for i in range(count)], workers=workers, progress=False)
        return found

    many = len(allowed)
    if many > 1:
        assert sorted(places(many, many), key=min) == [{place} for place in sorted(allowed)]
    assert places(many + 1, many + 1) == [allowed] * (many + 1)
    assert places(1, 1) == [allowed]
    assert os.sched_getaffinity(0) == allowed

    def refused(thread, processors):
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refused)
    assert places(many, many) == [allowed] * many
