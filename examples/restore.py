"""Restore a text: the restored text to standard output, a line about it to standard error.

python3 examples/restore.py examples/spun-article.txt > restored.txt
"""

import sys
from pathlib import Path

import spinfix


def main() -> None:
    path = sys.argv[1]
    text = Path(path).read_bytes().decode()  # not read_text, which would change the line ends
    report = spinfix.detect(text, path=path)
    print(report.summary(), file=sys.stderr)
    sys.stdout.buffer.write(report.patch.apply(text).encode())


if __name__ == "__main__":
    main()
