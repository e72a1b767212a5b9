"""How the answers of `tests/enrollment/answers/*.jsonl` are read: right, asked again, wrong; by kind and language.

python -m scripts.answers_table            the table
python -m scripts.answers_table --show     and every tuned row that is not read right (held-out rows never)
"""

from __future__ import annotations

import sys

from tests.enrollment.answers.table import HELD, RIGHT, TUNED, WRONG, score, shown, verdicts


def main(arguments: list[str]) -> int:
    """Print the table; 1 when wrong and unasked passes one in a hundred."""
    judged = list(verdicts())
    print(f"{'kind':15} {'language':9} {'rows':12} {'all':>5} {'right':>7} {'asked':>7} {'wrong':>7}")
    for line in score(judged):
        print(
            f"{line.kind:15} {line.locale:9} {line.rows:12} {line.total:5d} "
            f"{line.share('right'):7.1%} {line.share('asked'):7.1%} {line.share('wrong'):7.1%}"
        )
    if "--show" in arguments:
        for verdict in judged:
            if verdict.outcome != RIGHT and verdict.rows == TUNED:
                print(shown(verdict))
    failed = [
        rows
        for rows in (TUNED, HELD)
        if sum(v.outcome == WRONG for v in judged if v.rows == rows)
        > 0.01 * sum(v.rows == rows for v in judged)
    ]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
