"""Tables that fit."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from infra.report.grid import Grid, fits, print_blocks, print_folded, print_grid, print_named, print_parts

PROSE = "it scales by its server, not by its number of pods, which is one"
GRID = Grid(
    header=("amount", "value of it", "why"),
    rows=[("settings.max_parallel_workers", "0", PROSE), ("shm_size", "64Mi", "")],
    title="postgres",
)


@pytest.fixture
def printed():
    def printed(width, print_it, *arguments, **options):
        console = Console(width=width, file=io.StringIO())
        print_it(console, *arguments, **options)
        return console.file.getvalue()

    return printed


class TestGrid:
    @pytest.mark.parametrize("width", range(20, 120))
    def test_no_width_is_too_small(self, printed, width):
        """But for a word that is longer than the line."""
        found = printed(width, print_grid, GRID)
        lines = found.splitlines()
        assert [line for line in lines if cell_len(line) > width and len(line.split()) > 1] == []
        assert {"settings.max_parallel_workers", "shm_size", "64Mi", "pods,"} <= set(found.split())

    def test_as_wide_as_its_content(self, printed):
        assert "│ settings.max_parallel_workers │ 0           │ it scales" in printed(200, print_grid, GRID)

    def test_prose_gives_way_first_and_names_of_columns_next(self, printed):
        assert " ┃ value of it ┃ " in printed(100, print_grid, GRID)
        assert " ┃ value " in printed(70, print_grid, GRID)
        assert " of it " in printed(70, print_grid, GRID)

    def test_a_narrower_one_where_there_is_one(self, printed):
        narrow = Grid(header=("amount",), rows=[("settings.max_parallel_workers",)])
        assert printed(60, print_grid, GRID, narrow) == printed(60, print_grid, narrow)
        assert printed(120, print_grid, GRID, narrow) == printed(120, print_grid, GRID)
        assert printed(20, print_grid, GRID, narrow) == printed(20, print_blocks, narrow)

    def test_prose_needs_a_column_that_can_be_read(self):
        console = Console(width=70)
        assert fits(console, GRID)
        long = Grid(header=GRID.header, rows=GRID.rows, readable=40)
        assert not fits(console, long)

    def test_no_rows(self, printed):
        assert "┃ a ┃" in printed(40, print_grid, Grid(header=("a",), rows=[]))

    def test_headings(self, printed):
        grid = Grid(header=("pod", "phase"), rows=[("app",), ("web", "Running"), ("monitoring",), ("prom", "Running")])
        assert printed(40, print_grid, grid).splitlines()[3:] == [
            "│ app        │         │",
            "│ web        │ Running │",
            "├────────────┼─────────┤",
            "│ monitoring │         │",
            "│ prom       │ Running │",
            "└────────────┴─────────┘",
        ]
        words = ["app", "web", "phase:", "Running", "monitoring", "prom", "phase:", "Running"]
        assert printed(5, print_grid, grid).split() == words

    def test_brackets_are_no_markup(self, printed):
        assert "[red]a[/red]" in printed(40, print_grid, Grid(header=("a",), rows=[("[red]a[/red]",)]))


class TestBlocks:
    def test_prose_has_lines_of_its_own(self, printed):
        assert printed(60, print_blocks, GRID).splitlines() == [
            "postgres",
            "--------",
            "settings.max_parallel_workers",
            "  value of it: 0",
            "  why: it scales by its server, not by its number of pods,",
            "    which is one",
            "shm_size",
            "  value of it: 64Mi",
        ]

    def test_short_amounts_share_lines(self, printed):
        row = ("web", "1m", Text("ok", "red"), "2Mi", "")
        grid = Grid(header=("pod", "cpu", "", "memory", "node"), rows=[row])
        assert printed(30, print_blocks, grid) == "web\n  cpu: 1m   ok   memory: 2Mi\n"
        assert printed(25, print_blocks, grid) == "web\n  cpu: 1m   ok\n  memory: 2Mi\n"


class TestFolded:
    def test_between_words_only(self, printed):
        text = "see kubernetes:core/v1:PersistentVolumeClaim for-it"
        assert printed(20, print_folded, text, first="- ").splitlines() == [
            "- see",
            "  kubernetes:core/v1:PersistentVolumeClaim",
            "  for-it",
        ]

    def test_short(self, printed):
        assert printed(20, print_folded, "it fits", first="- ") == "- it fits\n"


class TestParts:
    @pytest.mark.parametrize(
        ("width", "expected"),
        [
            (40, "  make up      make down      make reset\n"),
            (39, "  make up      make down\n  make reset\n"),
            (5, "  make up\n  make down\n  make reset\n"),
        ],
    )
    def test_commands_are_whole(self, printed, width, expected):
        assert printed(width, print_parts, "make up", "make down", "make reset") == expected


class TestNamed:
    def test_the_value_is_whole(self, printed):
        assert printed(30, print_named, "its mails lie in", "/a/b") == "  its mails lie in /a/b\n"
        assert printed(20, print_named, "its mails lie in", "/a/b/c") == "  its mails lie in\n    /a/b/c\n"
        assert printed(4, print_named, "in", "/a/b/c", first="") == "in\n  /a/b/c\n"
