"""What is written with a change: once, by key, in time, and kept when it failed."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from flows_shared.contracts.job import Call
from flows_shared.outbox import enqueue, enqueue_many, failed_jobs, retry_failed
from shared.bench import QUEUE, SERVICE, Bench


def note(*arguments: object) -> Call:
    return Call(SERVICE, "note", arguments)


async def test_committed_row_runs_once_and_is_gone(bench: Bench) -> None:
    job_id = await bench.add("note", "invoice", 7, None, {"deep": [1.5, True]})
    assert await bench.send() == 1
    await bench.run_queued()
    assert bench.ran == [("invoice", 7, None, {"deep": [1.5, True]}, 1)]
    assert await bench.row(job_id) is None
    assert await bench.send() == 0


async def test_row_that_is_rolled_back_never_runs(bench: Bench) -> None:
    with suppress(KeyError):
        async with bench.db.transaction() as transaction:
            await enqueue(transaction, note("lost"))
            raise KeyError
    assert await bench.send() == 0


async def test_many_rows_are_one_statement_with_an_id_each(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        ids = await enqueue_many(transaction, [note(number, "x") for number in range(1_200)])
    assert len(set(ids)) == 1_200
    assert await bench.send() == 1_200
    assert await bench.redis.zcard(QUEUE) == 1_200


async def test_no_rows_are_no_work(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        assert await enqueue_many(transaction, []) == []


async def test_row_waits_for_its_time(bench: Bench) -> None:
    job_id = await bench.add("note", not_before=datetime.now(UTC) + timedelta(hours=1))
    assert await bench.send() == 0
    await bench.set(job_id, "not_before = now()")
    assert await bench.send() == 1


async def test_other_services_rows_are_left_alone(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        await enqueue(transaction, Call("notify", "note"))
    assert await bench.send() == 0


async def test_same_key_is_queued_once_while_undone(bench: Bench) -> None:
    first = await bench.add("note", "early", key="account 1")
    assert await bench.add("note", "late", key="account 1") == first
    assert await bench.add("note", "other", key="account 2") != first
    await bench.send()
    await bench.run_queued()
    assert sorted(bench.ran) == [("late", 1), ("other", 1)]
    assert await bench.add("note", "again", key="account 1") != first


async def test_same_key_twice_in_one_call_is_one_row(bench: Bench) -> None:
    async with bench.db.transaction() as transaction:
        ids = await enqueue_many(transaction, [note(1), note(2), note(3)], keys=["a", "b", "a"])
    assert len(ids) == 2
    await bench.send()
    await bench.run_queued()
    assert sorted(bench.ran) == [(2, 1), (3, 1)]


async def test_failure_is_kept_for_the_operator_who_may_retry_it(bench: Bench) -> None:
    await bench.add("fail", "no tariff", key="account 1")
    await bench.send()
    await bench.run_queued()
    async with bench.db.connection() as connection:
        [failed] = await failed_jobs(connection, SERVICE)
        assert (failed.job, failed.arguments, failed.last_error) == ("fail", ["no tariff"], "ValueError: no tariff")
        assert await failed_jobs(connection, "notify") == []
        assert await bench.send(lapsed=True) == 0
        assert await retry_failed(connection, [failed.id]) == 1
        assert await failed_jobs(connection) == []
    assert await bench.send() == 1


async def test_failed_job_does_not_keep_its_key_from_new_work(bench: Bench) -> None:
    await bench.add("fail", "first", key="account 1")
    await bench.send()
    await bench.run_queued()
    await bench.add("note", key="account 1")
    await bench.add("fail", "second", key="account 1")
    async with bench.db.connection() as connection:
        assert await retry_failed(connection) == 0  # the same work is queued already
        assert await failed_jobs(connection) == []
