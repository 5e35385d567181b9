"""The answer in words."""

from infra.planner.plan_for import plan_for
from infra.prices.listing import example
from infra.report.whatif_lines import LIMITS, WORKERS, headline, limit_cells, sentences, worker_cells
from infra.report.whatif_text import whatif_markdown
from infra.stack_file.catalog_config import CatalogConfig
from infra.whatif.answer import ask
from infra.whatif.load import Load


def answer(stage, **more):
    load = Load(customers=900, tasks_per_customer_day=40, task_seconds=0.3, **more)
    return ask(plan_for, example("hetzner", stage, CatalogConfig()), load)


def test_headline():
    assert headline(answer(4)) == "Stage 4 on hetzner, nbg1, holds this load: 25.64 EUR a month"
    assert "does not hold this load" in headline(answer(4, peak_factor=2000))


def test_cells_are_the_headers():
    found = answer(4)
    assert {len(row) for row in worker_cells(found)} == {len(WORKERS)}
    assert {len(row) for row in limit_cells(found)} == {len(LIMITS)}


def test_a_queue_that_never_ends():
    found = answer(4, peak_factor=2000)
    assert next(worker_cells(found))[3] == "without end"
    assert any("95 % of them without end" in line for line in sentences(found))


def test_markdown():
    text = whatif_markdown(answer(4))
    assert text.startswith("**Stage 4 on hetzner")
    assert "| planned: 3 | 12 | 3% |" in text
    assert "- 900 customers x 40 tasks a day: 0.417 tasks per second on average, 1.25 at the peak (x 3)" in text
