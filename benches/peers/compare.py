"""The check of Python's avro package: compare.py MILLISECONDS NEW PREVIOUS...

Prints the CPU time of one pass over all previous versions, in nanoseconds.
"""

import sys
import time

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType


def parsed(path):
    with open(path, encoding="utf-8") as file:
        return avro.schema.parse(file.read())


def run(milliseconds, new, previous):
    def one_pass():
        for earlier in previous:
            # The checker remembers pairs, so each pass gets its own.
            result = ReaderWriterCompatibilityChecker().get_compatibility(new, earlier)
            assert result.compatibility is SchemaCompatibilityType.compatible, result.messages

    one_pass()
    began, passes = time.thread_time_ns(), 0
    while True:
        one_pass()
        passes += 1
        took = time.thread_time_ns() - began
        if took >= milliseconds * 1_000_000:
            return took // passes


if __name__ == "__main__":
    sys.setrecursionlimit(100_000)
    new, *previous = [parsed(path) for path in sys.argv[2:]]
    print(run(int(sys.argv[1]), new, previous))
